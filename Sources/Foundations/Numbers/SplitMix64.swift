/// The SplitMix64 generator (Steele, Lea and Flood, OOPSLA 2014): the same numbers from the same seed on every machine.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator at the start of the sequence that `seed` gives.
    public init(seed: UInt64) { state = seed }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// The next float in `-1..<1`: the top 24 bits, scaled exactly.
    public mutating func nextFloat() -> Float { Float(Int32(next() >> 40) - (1 << 23)) * 0x1p-23 }
}
