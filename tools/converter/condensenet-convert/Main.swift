import ArgumentParser
import CondenseNet
import Glibc

/// The converter's entry: runs the command that the arguments name and ends with an exit code of sysexits.h.
@main struct Main {
    static func main() {
        // A reader that goes away is an error of writing, not a reason to die by a signal.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGINT) { _ in _exit(130) }
        do {
            try Arguments.check()
            var command = try Converter.parseAsRoot()
            try command.run()
        } catch {
            exit(Diagnostics.report(error))
        }
    }
}

/// All of the converter's commands.
struct Converter: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "condensenet-convert",
        abstract: "Turns a trained CondenseNet or DenseNet checkpoint into a compact model file.",
        usage: """
            condensenet-convert <checkpoint> -o <model> [<options>]
            condensenet-convert <subcommand> [<options>]
            """,
        version: CondenseNet.version,
        subcommands: [ConvertCommand.self, ArchitectureCommand.self, ExportONNXCommand.self],
        defaultSubcommand: ConvertCommand.self)
}
