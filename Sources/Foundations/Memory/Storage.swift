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
        let alignment = byteCount >= Self.hugePage ? Self.hugePage : 64
        guard byteCount >= 0, !Self.refuses, posix_memalign(&pointer, alignment, max(byteCount, 64)) == 0, let pointer
        else { throw MemoryError(bytes: byteCount) }
        // A first touch of each small page takes a microsecond. Huge pages that the block does not fill would take memory.
        let whole = byteCount / Self.hugePage * Self.hugePage
        if whole > 0 { madvise(pointer, whole, MADV_HUGEPAGE) }
        do {
            try MemoryRoom.require(beside: byteCount)
        } catch {
            free(pointer)
            throw error
        }
        bytes = UnsafeMutableRawBufferPointer(start: pointer, count: byteCount)
        (owner, isGivenUp) = (nil, false)
    }

    /// A part of another block.
    ///
    /// - Precondition: `range` lies in the block.
    init(_ range: Range<Int>, of owner: Storage, isGivenUp: Bool) {
        bytes = UnsafeMutableRawBufferPointer(rebasing: owner.bytes[range])
        (self.owner, self.isGivenUp) = (owner, isGivenUp)
    }

    /// A part of another block, for its last reader: when this object is gone, the memory pages that lie in the part go back
    /// to the system, and what they held is lost.
    ///
    /// - Precondition: `range` lies in the block, and no other object reads that part any more.
    package convenience init(givingUp range: Range<Int>, of owner: Storage) {
        self.init(range, of: owner, isGivenUp: true)
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
    /// Whether nobody reads the part after this object is gone.
    private let isGivenUp: Bool
    /// Bytes of a huge page where pages have 4 KiB; elsewhere the system passes over what is asked for.
    package static let hugePage = 2 << 20

    deinit {
        if owner == nil { return free(bytes.baseAddress) }
        if isGivenUp { discard(0..<bytes.count) }
    }

    /// Gives the memory pages that lie in a part of the block back to the system; what they held is lost.
    func discard(_ range: Range<Int>) {
        guard let start = bytes.baseAddress.map({ UInt(bitPattern: $0) + UInt(range.lowerBound) }) else { return }
        let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
        let first = (start + page - 1) / page * page
        let end = (start + UInt(range.count)) / page * page
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
