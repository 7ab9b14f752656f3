/// The type of a tensor's elements.
public enum ElementType: String, Sendable, CaseIterable {
    /// IEEE 754 binary32.
    case float32
    /// IEEE 754 binary16.
    case float16
    /// The upper half of a binary32.
    case bfloat16
    /// IEEE 754 binary64.
    case float64
    /// Two's complement, 64 bits.
    case int64
    /// Two's complement, 32 bits.
    case int32
    /// Two's complement, 16 bits.
    case int16
    /// Two's complement, 8 bits.
    case int8
    /// Unsigned, 8 bits.
    case uint8
    /// A byte: 0 is false, everything else is true.
    case bool

    /// Bytes of one element.
    public var size: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16, .int16: 2
        case .int8, .uint8, .bool: 1
        }
    }

    /// Whether ``CheckpointTensor/integers()`` can read it.
    public var isInteger: Bool {
        switch self {
        case .float32, .float16, .bfloat16, .float64: false
        case .int64, .int32, .int16, .int8, .uint8, .bool: true
        }
    }
}
