import ArgumentParser
import Foundations
import Glibc

/// A program's entry: runs the command that the arguments name, and ends the process with an exit code of sysexits.h.
package enum CommandLineProgram {
    /// Runs `Root` or the subcommand that the arguments name.
    ///
    /// An error is one line on standard error. Control-C ends the process with 130, at once unless the command asks
    /// `Interruption.handle()`. A reader of standard output that goes away is no reason to complain.
    package static func run<Root: ParsableCommand>(_: Root.Type) {
        signal(SIGPIPE, SIG_IGN)
        Interruption.install()
        do {
            try requireUnicodeArguments()
            try Mistype.check(Array(CommandLine.arguments.dropFirst()), of: Root.self)
            var command = try Root.parseAsRoot()
            try command.run()
            try StandardOutput.flush()
        } catch let failure as CommandFailure {
            failure.report()
        } catch let error as any CategorizedError {
            CommandFailure(error).report()
        } catch {
            report(error, of: Root.self)
        }
    }

    private static func report<Root: ParsableCommand>(_ error: any Error, of root: Root.Type) {
        let code = root.exitCode(for: error)
        guard code.isSuccess else {
            if code == .validationFailure {
                let message = onOneLine(root.message(for: error))
                CommandFailure(.usage, "\(message) (--help shows the usage)").report()
            }
            CommandFailure(.internal, "\(error)").report()
        }
        // Help or the version, which the parser of arguments would print without asking whether it can be written.
        do {
            try StandardOutput.write(root.fullMessage(for: error) + "\n")
            try StandardOutput.flush()
        } catch {
            CommandFailure(error, path: "standard output").report()
        }
    }

    /// The argument parser's message, in which it may list values, a line each after a hyphen.
    private static func onOneLine(_ message: String) -> String {
        let lines = message.split(separator: "\n").map(String.init)
        let values = lines.drop { !$0.hasPrefix("  - ") }
        let text = lines.dropLast(values.count).joined(separator: " ")
        guard !values.isEmpty, text.hasSuffix(" one of the following:") else { return lines.joined(separator: " ") }
        return text.dropLast(" the following:".count) + " " + values.map { $0.dropFirst(4) }.joined(separator: ", ")
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
