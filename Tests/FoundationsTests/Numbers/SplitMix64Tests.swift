import Foundations
import Testing

@Suite struct SplitMix64Tests {
    /// Vigna's reference implementation, seeds 0 and 1234567.
    @Test(
        arguments: [
            (0, [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F]),
            (1_234_567, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]),
        ] as [(UInt64, [UInt64])])
    func referenceVectors(seed: UInt64, expected: [UInt64]) {
        var generator = SplitMix64(seed: seed)
        #expect(expected.map { _ in generator.next() } == expected)
    }

    @Test func floatsAreTheTopBitsInMinusOneToOne() {
        var bits = SplitMix64(seed: 5)
        var floats = SplitMix64(seed: 5)
        for _ in 0..<10_000 {
            let float = floats.nextFloat()
            #expect((-1..<1).contains(float))
            #expect(Double(float) == (Double(bits.next() >> 40) - 0x1p23) / 0x1p23)
        }
    }
}
