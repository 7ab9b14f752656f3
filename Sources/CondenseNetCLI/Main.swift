import ArgumentParser
import CommandLineSupport
import CondenseNet

/// The command line on the board.
@main
struct CondenseNetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "condensenet",
        abstract: "Classifies images with condensed CondenseNets.",
        version: "\(CondenseNet.version) (\(KernelSets.summary))",
        subcommands: [
            ClassifyCommand.self, EvaluateCommand.self, RunCommand.self, InspectCommand.self, VerifyCommand.self,
            BenchCommand.self, ReportCommand.self,
        ])

    static func main() { CommandLineProgram.run(Self.self) }
}
