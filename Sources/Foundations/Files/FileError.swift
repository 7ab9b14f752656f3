/// Why a file cannot be had or written. Every case names the file.
public enum FileError: CategorizedError, Equatable {
    /// The file does not exist or may not be read.
    case noInput(path: String, reason: String)
    /// Reading or writing failed in the operating system.
    case inputOutput(path: String, reason: String)
    /// The path names something other than a regular file.
    case notAFile(path: String, found: String)
    /// The file has more bytes than may be read.
    case tooLarge(path: String, found: Int, limit: Int)
    /// The file lost bytes while it was read.
    case shrank(path: String, expected: Int, found: Int)

    /// One line.
    public var description: String {
        switch self {
        case .noInput(let path, let reason), .inputOutput(let path, let reason): "\(path): \(reason)"
        case .notAFile(let path, let found): "\(path): expected a regular file, found \(found)"
        case .tooLarge(let path, let found, let limit):
            "\(path): bytes of the file: expected at most \(limit), found \(found)"
        case .shrank(let path, let expected, let found):
            "\(path): expected \(expected) bytes, found \(found)"
        }
    }

    /// The description, which names the file, be it that at `path` or another.
    public func message(about path: String) -> String { description }

    /// Bad data where there is a file that cannot be taken as one.
    public var category: ErrorCategory {
        switch self {
        case .noInput: .missingInput
        case .inputOutput: .inputOutput
        case .notAFile, .tooLarge, .shrank: .badData
        }
    }
}
