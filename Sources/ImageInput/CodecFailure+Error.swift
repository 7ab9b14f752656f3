import CImageCodecs
import Foundations

extension CodecFailure {
    /// The library's words for what went wrong.
    var text: String {
        withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The error that callers see, unless a limit says it better.
    func error(name: String, format: ImageFormat) -> any Error {
        switch fault {
        case codecUnsupported: ImageError.unsupported(name: name, format: format, feature: text)
        case codecMemory: MemoryError(bytes: 0)
        default: ImageError.malformed(name: name, format: format, reason: text, offset: offset)
        }
    }
}
