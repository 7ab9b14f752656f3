import Testing

@testable import Foundations

@Suite struct StoragePoolTests {
    @Test(arguments: [64, 1000, 2 << 20, 5 << 20]) func partsAreApartAndOutliveThePool(blockBytes: Int) throws {
        var pool: StoragePool? = StoragePool(blockBytes: blockBytes)
        let counts = [0, 1, 63, 64, 65, 999, 1000, 1_000_000, 2 << 20, 3_000_000, 7 << 20, 12]
        let parts = try counts.map { try #require(pool).storage($0) }
        for (number, part) in parts.enumerated() {
            part.bytes.initializeMemory(as: UInt8.self, repeating: UInt8(number))
        }
        pool = nil
        for (number, part) in parts.enumerated() {
            #expect(part.bytes.count == counts[number] && UInt(bitPattern: part.bytes.baseAddress) % 64 == 0)
            #expect(part.bytes.allSatisfy { $0 == UInt8(number) })
        }
    }

    @Test(arguments: [-1, .min, .max, 1 << 62]) func whatTheSystemRefusesIsAnError(byteCount: Int) {
        for blockBytes in [64, 1 << 62] {
            #expect(throws: MemoryError(bytes: byteCount)) {
                try StoragePool(blockBytes: blockBytes).storage(byteCount)
            }
        }
    }

    @Test func whereNoBlockIsToBeHadArraysHaveTheirOwn() throws {
        let pool = StoragePool(blockBytes: 1 << 62)
        let parts = try [100, 200].map(pool.storage)
        #expect(parts.map(\.bytes.count) == [100, 200])
    }
}
