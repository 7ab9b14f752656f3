/// How a tensor's elements are stored.
enum ElementType: String, Sendable {
    /// IEEE 754 binary32.
    case float32 = "F32"
    /// IEEE 754 binary16.
    case float16 = "F16"
    /// Signed integers in two's complement.
    case int32 = "I32"

    /// Bytes of one element.
    var size: Int { self == .float16 ? 2 : 4 }
}
