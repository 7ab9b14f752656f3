import Foundations

/// Why a file of saved measurements cannot be read.
package enum ResultFileError: CategorizedError {
    /// The file cannot be had, or is no JSON.
    case file(path: String, cause: any CategorizedError)
    /// The file holds something else than measurements.
    case unexpected(path: String, expected: String, found: String)

    package var category: ErrorCategory {
        switch self {
        case .file(_, let cause): cause.category
        case .unexpected: .badData
        }
    }

    package var description: String {
        switch self {
        case .file(let path, let cause): cause.message(about: path)
        case .unexpected(let path, let expected, let found): "\(path): expected \(expected), found \(found)"
        }
    }
}
