import Kernels

/// A step's work, ready to run.
protocol PlannedOperation: AnyObject, Sendable {
    /// The kernel's name.
    var kernel: String { get }
    /// Bytes of packed weights.
    var packedBytes: Int { get }
    /// Floats of scratch memory that each thread needs.
    var scratchFloats: Int { get }

    /// Computes one share. All shares together write the whole output, and none reads what another writes.
    func run(_ share: Share)
}

extension PlannedOperation {
    var packedBytes: Int { 0 }
    var scratchFloats: Int { 0 }
}

/// One thread's share of an operation.
struct Share {
    let arena: UnsafeMutablePointer<Float>
    /// `scratchFloats`, this thread's own, on a cache line.
    let scratch: UnsafeMutablePointer<Float>
    /// This thread's number, from 0.
    let part: Int
    /// All threads.
    let parts: Int

    /// This thread's part of `0..<count`, in whole blocks of `block` but for the last.
    func of(_ count: Int, block: Int = 1) -> Range<Int> {
        let blocks = (count + block - 1) / block
        let lower = min(blocks * part / parts * block, count)
        let upper = min(blocks * (part + 1) / parts * block, count)
        return lower..<upper
    }
}
