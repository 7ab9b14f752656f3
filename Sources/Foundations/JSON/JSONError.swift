/// Why a text is not the JSON that was expected.
public enum JSONError: CategorizedError, Equatable {
    /// The text is not strict JSON; `offset` counts bytes from the start of `source`.
    case syntax(source: String, offset: Int, reason: String)
    /// The value has another shape than its format defines; `path` names the member.
    case member(path: String, expected: String, found: String)

    /// One line. Text that comes from a file is cut short and its control characters escaped.
    public var description: String {
        switch self {
        case .syntax(let source, let offset, let reason): "\(source), byte \(offset): \(reason.excerpt)"
        case .member(let path, let expected, let found):
            "\(path.excerpt): expected \(expected.excerpt), found \(found.excerpt)"
        }
    }

    /// Bad data.
    public var category: ErrorCategory { .badData }
}
