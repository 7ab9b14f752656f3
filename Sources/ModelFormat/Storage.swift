import Glibc

/// A block of memory, 64-byte aligned, whose allocation can fail without a trap.
///
/// Everything whose size comes from a file lives in such blocks: file contents, packed weights, the arena.
public final class Storage: @unchecked Sendable {
    /// The block's bytes. Whoever shares a `Storage` between threads writes it from one thread only.
    public let bytes: UnsafeMutableRawBufferPointer

    /// Allocates `byteCount` bytes, uninitialised.
    ///
    /// - Throws: `ModelFormatError.memory` when the system refuses.
    public init(byteCount: Int) throws {
        var pointer: UnsafeMutableRawPointer?
        guard byteCount >= 0, posix_memalign(&pointer, 64, max(byteCount, 64)) == 0, let pointer else {
            throw ModelFormatError.memory(bytes: byteCount)
        }
        bytes = UnsafeMutableRawBufferPointer(start: pointer, count: byteCount)
    }

    /// Allocates `floatCount` floats, all zero.
    ///
    /// - Throws: `ModelFormatError.memory` when the system refuses.
    public convenience init(zeroedFloats floatCount: Int) throws {
        try self.init(byteCount: 4 * floatCount)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { free(bytes.baseAddress) }

    /// The start of the block as floats.
    public var floats: UnsafeMutablePointer<Float> { bytes.baseAddress!.assumingMemoryBound(to: Float.self) }
}
