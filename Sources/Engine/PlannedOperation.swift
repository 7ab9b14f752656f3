/// A unit's work, ready to run.
public protocol PlannedOperation: AnyObject, Sendable {
    /// The kernel's name.
    var kernel: String { get }
    /// Bytes of packed weights.
    var packedBytes: Int { get }
    /// Bytes of scratch memory that each thread needs.
    var scratchBytes: Int { get }

    /// Computes one share. All shares together write the whole output, and none reads what another writes.
    func run(_ share: Share)
}

extension PlannedOperation {
    /// None.
    public var packedBytes: Int { 0 }
    /// None.
    public var scratchBytes: Int { 0 }
}
