/// An immutable array in a `Storage`, so that its allocation can fail without a trap; or a view of a part of one, such as
/// a tensor in a file, which costs no memory.
public struct StoredArray<Element: BitwiseCopyable & Sendable>: RandomAccessCollection, @unchecked Sendable {
    /// The elements, which live as long as this value or a copy of it.
    public let elements: UnsafeBufferPointer<Element>
    /// The first element's address.
    public let pointer: UnsafePointer<Element>
    private let storage: Storage

    /// An array of `count` elements.
    ///
    /// - Parameters:
    ///   - allocate: gives as many bytes as it is asked for.
    ///   - fill: initialises all elements.
    /// - Throws: `MemoryError` when the system refuses or `count` is negative.
    public init(
        count: Int, allocate: (_ byteCount: Int) throws -> Storage = { try Storage(byteCount: $0) },
        fill: (UnsafeMutableBufferPointer<Element>) -> Void
    ) throws {
        let (byteCount, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        storage = try allocate(overflow ? .max : byteCount)
        let elements = storage.bytes.bindMemory(to: Element.self)
        fill(elements)
        self.elements = UnsafeBufferPointer(elements)
        pointer = UnsafePointer(elements.baseAddress!)
    }

    /// The elements in a part of `storage`, which must not change afterwards.
    ///
    /// - Precondition: `range` lies in the block, holds whole elements and begins at a multiple of their alignment.
    package init(_ storage: Storage, bytes range: Range<Int>) {
        self.storage = storage
        elements = UnsafeRawBufferPointer(rebasing: storage.bytes[range]).bindMemory(to: Element.self)
        pointer = elements.baseAddress!
    }

    /// Bytes of all elements.
    public var byteCount: Int { count * MemoryLayout<Element>.stride }

    /// Calls `body` with the elements' bytes; the array lives until `body` returns.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(storage) { try body(UnsafeRawBufferPointer(elements)) }
    }

    /// 0.
    public var startIndex: Int { 0 }
    /// The number of elements.
    public var endIndex: Int { elements.count }

    /// The element at `position`.
    public subscript(position: Int) -> Element {
        precondition(elements.indices.contains(position), "index out of range")
        return elements[position]
    }

    /// Calls `body` with the elements.
    public func withContiguousStorageIfAvailable<Result>(
        _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) rethrows -> Result? {
        try withExtendedLifetime(storage) { try body(elements) }
    }
}
