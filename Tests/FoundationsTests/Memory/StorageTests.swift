import Testing

@testable import Foundations

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
        #expect(throws: MemoryError(bytes: byteCount)) { try Storage(byteCount: byteCount) }
        #expect(throws: MemoryError.self) { try Storage(zeroedFloats: byteCount) }
    }

    @Test func anArrayIsWhatFilledIt() throws {
        let squares = try StoredArray<Int32>(count: 100) { elements in
            for position in elements.indices { elements[position] = Int32(position * position) }
        }
        #expect(squares.elementsEqual((0..<100).map { $0 * $0 }))
        #expect(squares.byteCount == 400 && squares[99] == 9801 && squares.pointer[99] == 9801)
        #expect(squares.withUnsafeBytes { $0.count } == 400)
        let none = try StoredArray<Float>(count: 0) { #expect($0.isEmpty) }
        #expect(none.isEmpty && none.byteCount == 0)
    }

    @Test func anArrayOfAPartKeepsTheBlock() throws {
        var storage: Storage? = try Storage(zeroedFloats: 8)
        storage!.floats[5] = 5
        weak var block = storage
        let part = StoredArray<Float>(storage!, bytes: 16..<28)
        storage = nil
        #expect(block != nil && Array(part) == [0, 5, 0])
    }

    @Test(arguments: [-1, .min, .max, 1 << 60]) func anArrayThatTheSystemRefusesIsAnError(count: Int) {
        #expect(throws: MemoryError.self) { try StoredArray<Float>(count: count) { _ in } }
    }
}
