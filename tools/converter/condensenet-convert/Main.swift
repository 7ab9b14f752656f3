import ArgumentParser
import CommandLineSupport
import CondenseNet

/// The converter's entry: runs the command that the arguments name and ends with an exit code of sysexits.h.
@main struct Main {
    static func main() { CommandLineProgram.run(Converter.self) }
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
        subcommands: [ConvertCommand.self, QuantizeCommand.self, ArchitectureCommand.self, ExportONNXCommand.self],
        defaultSubcommand: ConvertCommand.self)
}
