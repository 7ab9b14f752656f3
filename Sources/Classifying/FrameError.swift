import Foundations

/// Why a frame of a stream cannot be had.
public enum FrameError: CategorizedError, Equatable {
    /// A JPEG image that breaks its format before it ends.
    case malformed(reason: String)
    /// The stream ends within a frame.
    case truncated(expected: String, found: Int)
    /// The bytes are no frame.
    case noFrame(found: Int)

    /// One line.
    public var description: String {
        switch self {
        case .malformed(let reason): "malformed JPEG frame: \(reason)"
        case .truncated(let expected, let found):
            "the stream ends within a frame: expected \(expected), found \(found) bytes"
        case .noFrame(let found): "expected JPEG frames, found \(found) bytes of something else"
        }
    }

    /// Bad data.
    public var category: ErrorCategory { .badData }
}
