import Foundations
import ModelFormat

/// Why a checkpoint was not converted.
public enum ConversionError: Error, Equatable, Sendable {
    /// The checkpoint is not a finished network of the family; all its problems, at least one.
    case problems([CheckpointProblem])
    /// An option does not suit this checkpoint, or is missing.
    case option(String)
    /// The label file does not fit the network.
    case labels(path: String, expected: String, found: String)
    /// The images are none to choose scales by.
    case images(path: String, expected: String, found: String)
    /// Half precision changes the answers to the sample input by this part of the largest: too much.
    case halfPrecision(difference: Double)
    /// Armadillo refused a matrix product, `[rows, inner]` by `[inner, columns]`; memory is the likely reason.
    case linearAlgebra(rows: Int, inner: Int, columns: Int)
}

extension ConversionError: CustomStringConvertible {
    /// How many problems a description names.
    static let shownProblems = 20

    /// The description's lines: of many problems the first ones, then how many more were found.
    public var lines: [String] {
        guard case .problems(let problems) = self else { return [description] }
        let shown = problems.prefix(Self.shownProblems).map(\.description)
        return shown + (problems.count > shown.count ? ["and \(problems.count - shown.count) more"] : [])
    }

    /// The first problem on a line of its own; further ones follow, each on an indented line.
    public var description: String {
        switch self {
        case .problems: lines.joined(separator: "\n  ")
        case .option(let text): text
        case .labels(let path, let expected, let found), .images(let path, let expected, let found):
            "\(path): expected \(expected), found \(found)"
        case .halfPrecision(let difference):
            "half precision: expected answers to the sample input within \(Format.fixed(100 * Double(Precision.f16.tolerance), 0)) % "
                + "of the largest, found a difference of \(Format.fixed(100 * difference, 1)) %: --precision f32 keeps them"
        case .linearAlgebra(let rows, let inner, let columns):
            "Armadillo could not multiply [\(rows), \(inner)] by [\(inner), \(columns)]"
        }
    }
}

extension ConversionError: CategorizedError {
    /// An option is wrong usage, the machine's refusal internal, all else bad data.
    public var category: ErrorCategory {
        switch self {
        case .problems, .labels, .images, .halfPrecision: .badData
        case .option: .usage
        case .linearAlgebra: .internal
        }
    }

    /// The first line, with the checkpoint unless the error is about another file.
    public func message(about path: String) -> String {
        switch self {
        case .labels, .images: description
        default: "\(path): \(lines[0])"
        }
    }

    /// The further problems.
    public var details: [String] { Array(lines.dropFirst()) }
}
