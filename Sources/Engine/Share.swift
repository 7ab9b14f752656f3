/// A share of an operation, and the thread's memory.
public struct Share {
    /// The start of the memory that all values live in.
    public let arena: UnsafeMutableRawPointer
    /// `scratchBytes` of the thread's own, on a cache line.
    public let scratch: UnsafeMutableRawPointer
    /// The share's number, from 0.
    public let part: Int
    /// All shares of the operation.
    public let parts: Int

    /// Share `part` of `parts`.
    package init(arena: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer, part: Int, parts: Int) {
        self.arena = arena
        self.scratch = scratch
        self.part = part
        self.parts = parts
    }

    /// The share's part of `0..<count`, in whole blocks of `block` but for the last.
    public func of(_ count: Int, block: Int = 1) -> Range<Int> {
        let blocks = (count + block - 1) / block
        let lower = min(blocks * part / parts * block, count)
        let upper = min(blocks * (part + 1) / parts * block, count)
        return lower..<upper
    }

    /// The most shares of an operation, whatever its groups and channels.
    private static let most = 4096

    /// How many shares `units` pieces of work make for `threads` threads that take one share after the other: several for
    /// each, so that none waits long for another, and one for a thread alone.
    public static func parts(of units: Int, threads: Int, each: Int = 4) -> Int {
        threads == 1 ? 1 : max(1, min(units, threads * each, most))
    }

    /// The scratch memory as elements of a type.
    @inlinable @inline(__always)
    public func scratch<Element>(of _: Element.Type = Element.self) -> UnsafeMutablePointer<Element> {
        scratch.assumingMemoryBound(to: Element.self)
    }
}
