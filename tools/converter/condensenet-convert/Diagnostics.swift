import ArgumentParser
import Checkpoint
import CondenseNet
import Condenser
import ModelFormat

/// A failure of a command on a certain file.
struct FileFailure: Error {
    let path: String
    let error: any Error
}

/// A conversion that was proven wrong.
struct VerificationFailure: Error {
    let path: String
}

/// Errors as lines on standard error and as exit codes of sysexits.h.
enum Diagnostics {
    /// Tells the user of an error, help and version requests included.
    ///
    /// - Returns: the exit code: 0, 64 usage, 65 bad data, 66 missing input, 70 internal or failed proof, 74 I/O.
    static func report(_ error: any Error) -> Int32 {
        guard let known = explanation(error) else {
            let code = Converter.exitCode(for: error)
            if code.isSuccess {
                do { try Console.write(Converter.fullMessage(for: error) + "\n") } catch { return report(error) }
            } else {
                Console.complain("error: \(onOneLine(Converter.message(for: error))) (--help shows the usage)\n")
            }
            // An error that neither this program nor the argument parser knows.
            return code == .failure ? 70 : code.rawValue
        }
        Console.complain("error: \(known.lines.map(\.onOneLine).joined(separator: "\n  "))\n")
        return known.code
    }

    /// A remark that the user may skip.
    static func note(_ text: String) { Console.complain("note: \(text.onOneLine)\n") }

    /// A remark that the user should read.
    static func warn(_ text: String) { Console.complain("warning: \(text.onOneLine)\n") }

    /// The argument parser's message, in which it may list values, a line each after a hyphen.
    private static func onOneLine(_ message: String) -> String {
        let lines = message.split(separator: "\n").map(\.onOneLine)
        let values = lines.drop { !$0.hasPrefix("  - ") }
        let text = lines.dropLast(values.count).joined(separator: " ")
        guard !values.isEmpty, text.hasSuffix(" one of the following:") else { return lines.joined(separator: " ") }
        return text.dropLast(" the following:".count) + " " + values.map { $0.dropFirst(4) }.joined(separator: ", ")
    }

    private static func explanation(_ error: any Error) -> (lines: [String], code: Int32)? {
        switch error {
        case let failure as FileFailure:
            guard let (lines, code) = explanation(failure.error) else { return nil }
            guard !namesItsFile(failure.error) else { return (lines, code) }
            return (["\(failure.path): \(lines[0])"] + lines.dropFirst(), code)
        case let failure as VerificationFailure:
            return (["\(failure.path): the converted network does not compute what it should; nothing was written"], 70)
        case let failure as Console.Failure: return (["standard output: \(failure.reason)"], 74)
        case let error as ConversionError: return explanation(error)
        case let error as CheckpointError: return ([error.description], code(error.kind))
        case let error as RuntimeError: return ([error.description], 70)
        case let error as ModelFormatError: return ([error.description], code(error))
        default: return nil
        }
    }

    /// Whether the error's text begins with the file that it is about, such as a label file.
    private static func namesItsFile(_ error: any Error) -> Bool {
        switch error {
        case is CheckpointError, ConversionError.labels, ModelFormatError.noInput, ModelFormatError.notAFile,
            ModelFormatError.inputOutput:
            true
        default: false
        }
    }

    private static func explanation(_ error: ConversionError) -> (lines: [String], code: Int32) {
        switch error {
        case .problems: (error.lines, 65)
        case .labels: ([error.description], 65)
        case .option: ([error.description], 64)
        case .linearAlgebra: ([error.description], 70)
        }
    }

    private static func code(_ kind: CheckpointError.Kind) -> Int32 {
        switch kind {
        case .missing: 66
        case .inputOutput: 74
        case .badData: 65
        }
    }

    private static func code(_ error: ModelFormatError) -> Int32 {
        switch error {
        case .noInput: 66
        case .inputOutput: 74
        case .memory: 70
        default: 65
        }
    }
}
