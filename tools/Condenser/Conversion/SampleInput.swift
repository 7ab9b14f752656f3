import ModelFormat

/// The seeded inputs on which a source network answers, for files to store and for verification.
public enum SampleInput {
    /// The seed of the answers that every model file stores.
    public static let seed: UInt64 = 2018

    /// `[3, size, size]`, each element the generator's next float, doubled: between -2 and 2.
    public static func values(seed: UInt64 = seed, size: Int) -> [Float] {
        var generator = SplitMix64(seed: seed)
        return (0..<(3 * size * size)).map { _ in 2 * generator.nextFloat() }
    }
}
