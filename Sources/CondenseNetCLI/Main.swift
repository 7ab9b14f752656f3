import ArgumentParser
import CondenseNet
import Glibc

/// The command line on the board.
@main
struct CondenseNetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "condensenet",
        abstract: "Classifies images with condensed CondenseNets.",
        version: "\(CondenseNet.version) (kernels: \(Processor.instructionSet))",
        subcommands: [
            ClassifyCommand.self, EvaluateCommand.self, RunCommand.self, InspectCommand.self, VerifyCommand.self,
            BenchCommand.self, ReportCommand.self,
        ])

    static func main() {
        signal(SIGPIPE, SIG_IGN)
        Interruption.install()
        do {
            var command = try parseAsRoot()
            try command.run()
            try StandardOutput.flush()
        } catch let failure as CommandFailure {
            failure.report()
        } catch {
            exit(withError: error)
        }
    }
}
