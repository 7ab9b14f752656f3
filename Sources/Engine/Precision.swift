/// The numbers that a network is computed in.
public enum Precision: String, CaseIterable, Sendable {
    /// Single precision, 32 bits.
    case f32
}
