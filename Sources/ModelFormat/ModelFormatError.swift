import Foundations

/// Why a file is not a model that can be run. Every case says where, what was expected and what was found.
public enum ModelFormatError: Error, Equatable {
    /// A count is beyond its limit.
    case limit(what: String, found: Int, limit: Int)
    /// The file is of another kind.
    case notAModel(found: String)
    /// The file's format version is not one that this program reads.
    case version(found: String, supported: String)
    /// The file's length does not match its header.
    case length(expected: Int, found: Int)
    /// A tensor is missing, unexpected or ill-formed.
    case tensor(name: String, expected: String, found: String)
    /// A step of the graph breaks a rule.
    case step(name: String, expected: String, found: String)
    /// A value of the graph breaks a rule.
    case value(name: String, expected: String, found: String)
    /// The stored checksum does not match the bytes: the file is damaged.
    case checksum(stored: String, computed: String)
}

extension ModelFormatError: CustomStringConvertible {
    /// One line. Text that comes from a file is cut short and its control characters escaped.
    public var description: String {
        switch self {
        case .limit(let what, let found, let limit):
            "\(what.excerpt): expected at most \(limit), found \(found)"
        case .notAModel(let found): "expected a CondenseNet model file, found \(found.excerpt)"
        case .version(let found, let supported): "expected format version \(supported), found \(found.excerpt)"
        case .length(let expected, let found): "expected \(expected) bytes, found \(found)"
        case .tensor(let name, let expected, let found): Self.line("tensor \(name)", expected, found)
        case .step(let name, let expected, let found): Self.line("step \(name)", expected, found)
        case .value(let name, let expected, let found): Self.line("value \(name)", expected, found)
        case .checksum(let stored, let computed):
            "the file is damaged: its checksum is \(stored.excerpt), its bytes give \(computed)"
        }
    }

    private static func line(_ place: String, _ expected: String, _ found: String) -> String {
        "\(place.excerpt): expected \(expected.excerpt), found \(found.excerpt)"
    }
}

extension ModelFormatError: CategorizedError {
    /// Bad data.
    public var category: ErrorCategory { .badData }
}
