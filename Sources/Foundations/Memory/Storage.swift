import Glibc
import Synchronization

/// A block of memory, 64-byte aligned, whose allocation can fail without a trap.
///
/// Everything whose size comes from a file lives in such blocks: file contents, packed weights, the arena. A large one is
/// refused unless it leaves some room; see `MemoryRoom`.
public final class Storage: @unchecked Sendable {
    /// The block's bytes, which live as long as this object. Where nothing else keeps the object, as in
    /// `FileInput.read(…).bytes`, they are gone at once: use `withUnsafeBytes` there.
    ///
    /// Whoever shares a `Storage` between threads writes it from one thread only.
    public let bytes: UnsafeMutableRawBufferPointer

    /// Allocates `byteCount` bytes, uninitialised.
    ///
    /// - Throws: `MemoryError` when the system refuses or `byteCount` is negative.
    public init(byteCount: Int) throws {
        var pointer: UnsafeMutableRawPointer?
        guard byteCount >= 0, !Self.refuses, posix_memalign(&pointer, 64, max(byteCount, 64)) == 0, let pointer else {
            throw MemoryError(bytes: byteCount)
        }
        do {
            try MemoryRoom.require(beside: byteCount)
        } catch {
            free(pointer)
            throw error
        }
        bytes = UnsafeMutableRawBufferPointer(start: pointer, count: byteCount)
        owner = nil
    }

    /// A part of another block, for its last reader: when this object is gone, the memory pages that lie in the part go back
    /// to the system, and what they held is lost.
    ///
    /// - Precondition: `range` lies in the block, and no other object reads that part any more.
    package init(givingUp range: Range<Int>, of owner: Storage) {
        bytes = UnsafeMutableRawBufferPointer(rebasing: owner.bytes[range])
        self.owner = owner
    }

    /// Allocates `byteCount` bytes, all zero.
    ///
    /// - Throws: as `init(byteCount:)`.
    public convenience init(zeroedBytes byteCount: Int) throws {
        try self.init(byteCount: byteCount)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    /// Allocates `floatCount` floats, all zero.
    ///
    /// - Throws: `MemoryError` when the system refuses or `floatCount` is negative.
    public convenience init(zeroedFloats floatCount: Int) throws {
        let (byteCount, overflow) = floatCount.multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
        try self.init(zeroedBytes: overflow ? .max : byteCount)
    }

    /// The block that this is a part of.
    private let owner: Storage?

    deinit {
        guard owner != nil else { return free(bytes.baseAddress) }
        guard let start = bytes.baseAddress.map(UInt.init(bitPattern:)) else { return }
        let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
        let first = (start + page - 1) / page * page
        let end = (start + UInt(bytes.count)) / page * page
        if first < end { madvise(UnsafeMutableRawPointer(bitPattern: first), Int(end - first), MADV_DONTNEED) }
    }

    /// The thread whose allocations a test lets fail; 0 for none.
    package static let failingThread = Atomic<pthread_t>(0)
    /// How many allocations that thread may still make.
    package static let allowance = Atomic(0)

    private static var refuses: Bool {
        failingThread.load(ordering: .relaxed) == pthread_self()
            && allowance.wrappingSubtract(1, ordering: .relaxed).newValue < 0
    }

    /// Calls `body` with the block's bytes; the block lives until `body` returns.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) { try body(UnsafeRawBufferPointer(bytes)) }
    }

    /// The start of the block as floats, which live as long as this object.
    public var floats: UnsafeMutablePointer<Float> { bytes.baseAddress!.assumingMemoryBound(to: Float.self) }
}
