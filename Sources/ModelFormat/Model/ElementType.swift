/// How a tensor's elements are stored.
enum ElementType: String, Sendable {
    /// IEEE 754 binary32.
    case float32 = "F32"
    /// IEEE 754 binary16.
    case float16 = "F16"
    /// Signed integers in two's complement.
    case int32 = "I32"
    /// Signed bytes in two's complement.
    case int8 = "I8"

    /// Bytes of one element.
    var size: Int {
        switch self {
        case .float32, .int32: 4
        case .float16: 2
        case .int8: 1
        }
    }
}
