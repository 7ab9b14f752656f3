import Foundations
import Glibc

/// A command's failure: one line for people, one exit code (sysexits.h) for programs.
package struct CommandFailure: Error {
    /// The exit codes of the command-line contract.
    package enum Code: Int32 {
        case usage = 64
        case badData = 65
        case noInput = 66
        case `internal` = 70
        case inputOutput = 74
        case interrupted = 130
    }

    package let code: Code
    package let message: String
    /// Further lines, shown indented below the first.
    package private(set) var details: [String] = []
    private var isReported = false

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Wraps an error that says by itself what it is about.
    package init(_ error: any CategorizedError) {
        self.init(Code(error.category), error.description)
        details = error.details
    }

    /// Wraps an error that occurred about the file at `path`.
    package init(_ error: any Error, path: String) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as any CategorizedError:
            let message = error.message(about: path)
            // A name from a folder may be other bytes than text can hold.
            let isUnicode = error.category != .missingInput || !path.unicodeScalars.contains("\u{FFFD}")
            self.init(Code(error.category), isUnicode ? message : message + "; its name is not UTF-8")
            details = error.details
        default: self.init(.internal, "\(path): \(error)")
        }
    }

    /// The same failure with a hint at what to do.
    package func adding(_ hint: String) -> CommandFailure {
        var failure = CommandFailure(code, "\(message): \(hint)")
        failure.details = details
        return failure
    }

    /// Prints the line to standard error.
    package func warn() {
        StandardError.write(line: "error: \(message)")
        for detail in details { StandardError.write(line: "  \(detail)") }
    }

    /// The same failure, whose line has been printed.
    package var alreadyReported: CommandFailure {
        var failure = self
        failure.isReported = true
        return failure
    }

    /// Prints the line to standard error and ends the process.
    package func report() -> Never {
        try? StandardOutput.flush()
        if !isReported { warn() }
        exit(code.rawValue)
    }
}

extension CommandFailure.Code {
    /// The exit code of a kind of failure.
    package init(_ category: ErrorCategory) {
        self =
            switch category {
            case .usage: .usage
            case .badData: .badData
            case .missingInput: .noInput
            case .memory, .internal: .internal
            case .inputOutput: .inputOutput
            }
    }
}

/// Runs `body`; an error becomes a `CommandFailure` that names `path`.
package func reporting<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch {
        throw CommandFailure(error, path: path)
    }
}
