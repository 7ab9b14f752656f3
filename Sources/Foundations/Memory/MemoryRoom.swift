import Glibc

/// What the system's memory has room for.
///
/// The Swift runtime ends the process where one of its own allocations fails. So whoever is about to take a large block,
/// whose size a file chose, asks first, and leaves room for the small allocations that follow.
package enum MemoryRoom {
    /// From this size on, a block must leave room.
    private static let largeBytes = 64 << 10
    /// Bytes that a large block must leave for small allocations.
    private static let room = 1 << 20

    /// Makes sure that an array of `byteCount` bytes can be allocated next and leaves room.
    ///
    /// Another thread may take what was found.
    ///
    /// - Throws: `MemoryError`.
    package static func require(_ byteCount: Int) throws {
        guard byteCount >= largeBytes else { return }
        let (length, overflow) = byteCount.addingReportingOverflow(room)
        guard !overflow, canMap(length) else { throw MemoryError(bytes: byteCount) }
    }

    /// Makes sure that a block of `byteCount` bytes, already allocated, leaves room.
    ///
    /// - Throws: `MemoryError`.
    static func require(beside byteCount: Int) throws {
        guard byteCount < largeBytes || canMap(room) else { throw MemoryError(bytes: byteCount) }
    }

    /// Whether the system has `length` bytes yet. Nothing is written there, so that asking costs no memory.
    private static func canMap(_ length: Int) -> Bool {
        let spare = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let spare, spare != MAP_FAILED else { return false }
        munmap(spare, length)
        return true
    }
}
