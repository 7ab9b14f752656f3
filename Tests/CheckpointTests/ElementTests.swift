import Checkpoint
import Testing

/// Conversions of single elements, against the arithmetic of the format itself.
@Suite struct ElementTests {
    /// All 65,536 halves: a sign, five bits of exponent, ten of fraction.
    @Test func everyHalf() throws {
        let patterns = (0...UInt16.max).map { $0 }
        let floats = try values("F16", bytes(patterns), count: patterns.count)
        for (bits, value) in zip(patterns, floats) {
            let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023))
            let magnitude: Float =
                switch exponent {
                case 0: fraction * 0x1p-24
                case 31: fraction == 0 ? .infinity : .nan
                default: Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
                }
            let expected = bits & 0x8000 == 0 ? magnitude : -magnitude
            #expect(value.isNaN ? expected.isNaN : value.bitPattern == expected.bitPattern, "half \(bits)")
        }
    }

    @Test func everyBfloat16() throws {
        let patterns = (0...UInt16.max).map { $0 }
        let floats = try values("BF16", bytes(patterns), count: patterns.count)
        #expect(floats.map(\.bitPattern) == patterns.map { UInt32($0) << 16 })
    }

    /// Ties go to the even neighbour, what is too large becomes infinite, what is too small zero of its sign.
    @Test func doublesAreRoundedToNearest() throws {
        let doubles: [Double] = [1 + 0x1p-24, 1 + 0x1.8p-23, 1 + 0x1.0000002p-24, 1e300, -1e300, -1e-300, 0x1p-149]
        let expected: [Float] = [1, 1 + 0x1p-22, 1 + 0x1p-23, .infinity, -.infinity, -0.0, 0x1p-149]
        let floats = try values("F64", doubles.flatMap { littleEndian($0.bitPattern) }, count: doubles.count)
        #expect(floats.map(\.bitPattern) == expected.map(\.bitPattern))
    }

    @Test func integersAreRoundedToNearest() throws {
        let integers: [Int64] = [1 << 24 + 1, 1 << 24 + 3, .min, .max, -1]
        let expected: [Float] = [0x1p24, 0x1p24 + 4, -0x1p63, 0x1p63, -1]
        #expect(try values("I64", bytes(integers), count: integers.count) == expected)
    }

    @Test func everyNonzeroByteIsTrue() throws {
        #expect(try values("BOOL", [0, 1, 2, 255], count: 4) == [0, 1, 1, 1])
    }

    /// Dimensions beside a zero may be of any size.
    @Test(arguments: ["[4611686018427387904,4,0]", "[0,4611686018427387904]", "[0]"])
    func noElements(shape: String) throws {
        for dtype in ["F32", "I64"] {
            let header = SafetensorsAttacks.tensor(dtype, shape, "[0,0]")
            let checkpoint = try load(TinyCheckpoint.safetensors(header: header, data: []))
            let tensor = try #require(checkpoint["a"])
            #expect(try tensor.count == 0 && tensor.floats().isEmpty)
        }
    }

    private func values(_ dtype: String, _ data: [UInt8], count: Int) throws -> [Float] {
        let header = SafetensorsAttacks.tensor(dtype, "[\(count)]", "[0,\(data.count)]")
        let checkpoint = try load(TinyCheckpoint.safetensors(header: header, data: data))
        return try #require(checkpoint["a"]).floats()
    }
}
