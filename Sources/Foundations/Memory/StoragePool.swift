/// Memory for many arrays of one owner, cut from one block after the other: the system backs large blocks by huge pages,
/// whose first touch costs a hundredth of that of as many small ones.
///
/// One thread at a time. What the last block has left goes back to the system with the pool.
package final class StoragePool: @unchecked Sendable {
    private let blockBytes: Int
    private var block: Storage?
    private var used = 0

    /// A pool that takes blocks of `blockBytes`.
    package init(blockBytes: Int) { self.blockBytes = blockBytes }

    deinit { if let block { block.discard(used..<block.bytes.count) } }

    /// `byteCount` bytes, 64-byte aligned and uninitialised: a part of a block, or a block of their own where the system has
    /// none to be cut.
    ///
    /// - Throws: `MemoryError` when the system refuses or `byteCount` is negative.
    package func storage(_ byteCount: Int) throws -> Storage {
        guard (0...blockBytes).contains(byteCount) else { return try Storage(byteCount: byteCount) }
        if block.map({ $0.bytes.count - used < byteCount }) ?? true {
            guard let next = try? Storage(byteCount: blockBytes) else { return try Storage(byteCount: byteCount) }
            if let block { block.discard(used..<block.bytes.count) }
            (block, used) = (next, 0)
        }
        let first = used
        used = min((first + byteCount + 63) / 64 * 64, blockBytes)
        return Storage(first..<first + byteCount, of: block!, isGivenUp: false)
    }
}
