/// The numbers that a network is computed in.
public enum Precision: String, CaseIterable, Sendable {
    /// Single precision, 32 bits.
    case f32
    /// Half precision, 16 bits.
    case f16

    /// Bytes of a number.
    public var bytes: Int { self == .f32 ? 4 : 2 }
}
