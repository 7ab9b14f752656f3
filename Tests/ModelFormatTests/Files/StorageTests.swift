import ModelFormat
import Testing

@Suite struct StorageTests {
    @Test(arguments: [0, 1, 64, 1_000_001])
    func blocksAreAligned(byteCount: Int) throws {
        let storage = try Storage(byteCount: byteCount)
        #expect(storage.bytes.count == byteCount)
        #expect(UInt(bitPattern: storage.bytes.baseAddress) % 64 == 0)
    }

    @Test func zeroedFloatsAreZero() throws {
        let storage = try Storage(zeroedFloats: 1000)
        #expect(UnsafeBufferPointer(start: storage.floats, count: 1000).allSatisfy { $0 == 0 })
        #expect(storage.bytes.count == 4000)
    }

    @Test(arguments: [-1, .min, .max, .max - 63, 1 << 62])
    func whatTheSystemRefusesIsAnError(byteCount: Int) {
        #expect(throws: ModelFormatError.memory(bytes: byteCount)) { try Storage(byteCount: byteCount) }
        #expect(throws: ModelFormatError.self) { try Storage(zeroedFloats: byteCount) }
    }
}
