import CondenseNet
import Glibc
import ImageInput
import ModelFormat

/// A command's failure: one line for people, one exit code (sysexits.h) for programs.
struct CommandFailure: Error {
    /// The exit codes of the command-line contract.
    enum Code: Int32 {
        case usage = 64
        case badData = 65
        case noInput = 66
        case `internal` = 70
        case inputOutput = 74
        case interrupted = 130
    }

    let code: Code
    let message: String
    private var isReported = false

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Wraps an error that occurred about the file at `path`.
    init(_ error: any Error, path: String) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as ModelFormatError:
            self.init(error.code, error.names(path) ? error.description : "\(path): \(error)")
        case RuntimeError.notFinite: self.init(.badData, "\(path): \(error)")
        case let error as RuntimeError: self.init(.internal, error.description)
        case let error as ImageError:
            // A name from a folder may be other bytes than text can hold.
            let isUnicode = !path.unicodeScalars.contains("\u{FFFD}")
            self.init(error.code, error.description + (isUnicode ? "" : "; its name is not UTF-8"))
        default: self.init(.internal, "\(path): \(error)")
        }
    }

    /// Prints the line to standard error.
    func warn() { StandardError.write(line: "condensenet: \(message)") }

    /// The same failure, whose line has been printed.
    var alreadyReported: CommandFailure {
        var failure = self
        failure.isReported = true
        return failure
    }

    /// Prints the line to standard error and ends the process.
    func report() -> Never {
        try? StandardOutput.flush()
        if !isReported { warn() }
        exit(code.rawValue)
    }
}

extension ModelFormatError {
    /// Whether the description begins with the file at `path`.
    fileprivate func names(_ path: String) -> Bool {
        switch self {
        case .noInput(let named, _), .inputOutput(let named, _), .notAFile(let named, _), .json(let named, _, _):
            named == path
        default: false
        }
    }

    fileprivate var code: CommandFailure.Code {
        switch self {
        case .noInput: .noInput
        case .inputOutput: .inputOutput
        case .memory: .internal
        default: .badData
        }
    }
}

extension ImageError {
    fileprivate var code: CommandFailure.Code {
        switch category {
        case .missingInput: .noInput
        case .inputOutput: .inputOutput
        case .memory: .internal
        case .badData: .badData
        }
    }
}

/// Runs `body`; an error becomes a `CommandFailure` that names `path`.
func reporting<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch {
        throw CommandFailure(error, path: path)
    }
}
