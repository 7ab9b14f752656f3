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
            try requireUnicodeArguments()
            var command = try parseAsRoot()
            try command.run()
            try StandardOutput.flush()
        } catch let failure as CommandFailure {
            failure.report()
        } catch {
            guard exitCode(for: error).isSuccess else { exit(withError: error) }
            printHelp(fullMessage(for: error))
        }
    }

    /// Prints help or the version, which the parser of arguments would do without asking whether it can be written.
    private static func printHelp(_ text: String) {
        do {
            try StandardOutput.write(text + "\n")
            try StandardOutput.flush()
        } catch {
            CommandFailure(error, path: "standard output").report()
        }
    }

    /// Arguments that are no text would be read as other ones, so that one file were taken for another.
    private static func requireUnicodeArguments() throws {
        for (position, argument) in CommandLine.arguments.enumerated() {
            guard let bytes = CommandLine.unsafeArgv[position], String(validatingCString: bytes) == nil else {
                continue
            }
            throw CommandFailure(.usage, "\(argument): expected UTF-8, found other bytes")
        }
    }
}
