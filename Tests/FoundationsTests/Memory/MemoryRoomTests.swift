import Testing

@testable import Foundations

@Suite struct MemoryRoomTests {
    /// No system has an exbibyte, and a count that overflows is more yet.
    @Test func tooLittleMemory() throws {
        for count in [1 << 60, Int.max] {
            let error = MemoryError(bytes: count)
            #expect(throws: error) { try MemoryRoom.require(count) }
            #expect(error.category == .memory)
            #expect("\(error)" == "no memory for \(count) bytes")
        }
        for count in [0, 1, 1 << 20] { try MemoryRoom.require(count) }
    }
}
