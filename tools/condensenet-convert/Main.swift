import ArgumentParser
import Condenser
import Foundation

/// The converter's entry: runs the command that the arguments name and ends with an exit code of sysexits.h.
@main struct Main {
    static func main() {
        // A reader that goes away is an error of writing, not a reason to die by a signal.
        signal(SIGPIPE, SIG_IGN)
        var code: Int32 = 0
        do {
            var command = try Converter.parseAsRoot()
            try command.run()
        } catch {
            code = Diagnostics.report(error)
        }
        exit(Console.flush() ? code : max(code, 74))
    }
}

/// All of the converter's commands.
struct Converter: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "condensenet-convert",
        abstract: "Turns a trained CondenseNet or DenseNet checkpoint into a compact model file.",
        version: converterVersion,
        subcommands: [ConvertCommand.self, ArchitectureCommand.self],
        defaultSubcommand: ConvertCommand.self)
}
