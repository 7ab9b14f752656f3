/// The system refused memory.
public struct MemoryError: CategorizedError, Equatable {
    /// How much was asked for.
    public let bytes: Int

    /// A refusal of `bytes` bytes.
    public init(bytes: Int) { self.bytes = bytes }

    /// One line.
    public var description: String { "no memory for \(bytes) bytes" }
    /// Memory.
    public var category: ErrorCategory { .memory }
}
