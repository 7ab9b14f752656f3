import Glibc

/// What the system's memory has room for.
enum SystemMemory {
    /// From this size on, an array is asked for.
    private static let largeBytes = 64 << 10
    /// Bytes that a large array must leave for small allocations.
    private static let room = 1 << 20

    /// Makes sure that an array of `byteCount` bytes can be allocated next and leaves room, since the Swift runtime ends the
    /// process where an allocation fails. Nothing is written there, so that asking costs no memory.
    ///
    /// Another thread may take what was found.
    ///
    /// - Throws: `ImageError.memory`, which calls the image `name`.
    static func require(_ byteCount: Int, for name: String) throws {
        guard byteCount >= largeBytes else { return }
        let (length, overflow) = byteCount.addingReportingOverflow(room)
        guard !overflow,
            let spare = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            spare != MAP_FAILED
        else { throw ImageError.memory(name: name) }
        munmap(spare, length)
    }
}
