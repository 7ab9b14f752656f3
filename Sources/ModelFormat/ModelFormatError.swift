import Foundations

/// Why a file is not a model that can be run. Every case says where, what was expected and what was found.
public enum ModelFormatError: Error, Equatable {
    /// The file does not exist or may not be read.
    case noInput(path: String, reason: String)
    /// Reading or writing failed in the operating system.
    case inputOutput(path: String, reason: String)
    /// The path names something other than a regular file.
    case notAFile(path: String, found: String)
    /// A count is beyond its limit.
    case limit(what: String, found: Int, limit: Int)
    /// The file is of another kind.
    case notAModel(found: String)
    /// The file's format version is not one that this program reads.
    case version(found: String, supported: String)
    /// Text is not strict JSON; `offset` counts bytes from the start of `source`.
    case json(source: String, offset: Int, reason: String)
    /// JSON has another shape than the format defines; `path` names the member.
    case member(path: String, expected: String, found: String)
    /// The file's length does not match its header.
    case length(expected: Int, found: Int)
    /// A tensor is missing, unexpected or ill-formed.
    case tensor(name: String, expected: String, found: String)
    /// A step of the graph breaks a rule.
    case step(name: String, expected: String, found: String)
    /// A value of the graph breaks a rule.
    case value(name: String, expected: String, found: String)
    /// The system refused an allocation.
    case memory(bytes: Int)
    /// The stored checksum does not match the bytes: the file is damaged.
    case checksum(stored: String, computed: String)
}

extension ModelFormatError: CustomStringConvertible {
    /// One line. Text that comes from a file is cut short and its control characters escaped.
    public var description: String {
        switch self {
        case .noInput(let path, let reason), .inputOutput(let path, let reason): "\(path): \(reason)"
        case .notAFile(let path, let found): "\(path): expected a regular file, found \(found)"
        case .limit(let what, let found, let limit):
            "\(what.excerpt): expected at most \(limit), found \(found)"
        case .notAModel(let found): "expected a CondenseNet model file, found \(found.excerpt)"
        case .version(let found, let supported): "expected format version \(supported), found \(found.excerpt)"
        case .json(let source, let offset, let reason): "\(source), byte \(offset): \(reason.excerpt)"
        case .member(let path, let expected, let found): Self.line(path, expected, found)
        case .length(let expected, let found): "expected \(expected) bytes, found \(found)"
        case .tensor(let name, let expected, let found): Self.line("tensor \(name)", expected, found)
        case .step(let name, let expected, let found): Self.line("step \(name)", expected, found)
        case .value(let name, let expected, let found): Self.line("value \(name)", expected, found)
        case .memory(let bytes): "no memory for \(bytes) bytes"
        case .checksum(let stored, let computed):
            "the file is damaged: its checksum is \(stored.excerpt), its bytes give \(computed)"
        }
    }

    private static func line(_ place: String, _ expected: String, _ found: String) -> String {
        "\(place.excerpt): expected \(expected.excerpt), found \(found.excerpt)"
    }
}

extension ModelFormatError: CategorizedError {
    /// The description, after `path` unless it names the file that could not be had, be it that or another.
    public func message(about path: String) -> String {
        switch self {
        case .noInput, .inputOutput, .notAFile: description
        case .json(path, _, _): description
        default: "\(path): \(description)"
        }
    }

    /// Bad data, except where the file could not be had or memory was refused.
    public var category: ErrorCategory {
        switch self {
        case .noInput: .missingInput
        case .inputOutput: .inputOutput
        case .memory: .memory
        default: .badData
        }
    }
}
