/// A unit's work, ready to run.
public protocol PlannedOperation: AnyObject, Sendable {
    /// The kernel's name.
    var kernel: String { get }
    /// Bytes of packed weights.
    var packedBytes: Int { get }
    /// Bytes of scratch memory that each thread needs.
    var scratchBytes: Int { get }

    /// How many shares are best for `threads` threads that take one after the other: 1 for one thread, and at least 1.
    func parts(threads: Int) -> Int

    /// Computes one share. All shares together write the whole output, and none reads what another writes.
    func run(_ share: Share)
}

extension PlannedOperation {
    /// None.
    public var packedBytes: Int { 0 }
    /// None.
    public var scratchBytes: Int { 0 }
}
