/// The numbers that a network is computed in.
public enum Precision: String, CaseIterable, Sendable {
    /// Single precision, 32 bits.
    case f32
    /// Half precision, 16 bits.
    case f16
    /// Signed bytes, with a scale and a zero for each channel; sums are integers of 32 bits.
    case int8

    /// Bytes of a number.
    public var bytes: Int {
        switch self {
        case .f32: 4
        case .f16: 2
        case .int8: 1
        }
    }
}
