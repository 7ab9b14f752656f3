import Foundations

/// Why a data set cannot be used. Every case says where.
package enum DatasetError: CategorizedError {
    /// A file or folder that must be there is missing.
    case missing(path: String, reason: String)
    /// A file or folder is something else than it should be.
    case unexpected(path: String, expected: String, found: String)
    /// Compressed data break their format.
    case damaged(path: String, reason: String)
    /// The path names a part of a data set that only its folder stands for.
    case part(path: String, expected: String, found: String)
    /// A file cannot be read.
    case file(path: String, cause: any CategorizedError)

    package var category: ErrorCategory {
        switch self {
        case .missing: .missingInput
        case .unexpected, .damaged: .badData
        case .part: .usage
        case .file(_, let cause): cause.category
        }
    }

    package var description: String {
        switch self {
        case .missing(let path, let reason), .damaged(let path, let reason): "\(path): \(reason)"
        case .unexpected(let path, let expected, let found), .part(let path, let expected, let found):
            "\(path): expected \(expected), found \(found)"
        case .file(let path, let cause): cause.message(about: path)
        }
    }
}
