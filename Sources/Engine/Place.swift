import ModelFormat

/// Where a value lives in the arena.
public struct Place: Equatable, Sendable {
    /// The value's shape, `[channels, height, width]`.
    public let shape: PlaneShape
    /// Bytes from the arena's start; a multiple of 64.
    public let offset: Int
    /// Elements from one plane to the next, at least `shape.pixels`.
    public let planeStride: Int
    /// Bytes of an element.
    public let elementBytes: Int
    /// The units of the plan from the first write to the last read.
    package let lifetime: ClosedRange<Int>

    /// Where the value ends, in bytes from the arena's start.
    package var end: Int { offset + byteCount }

    /// Bytes of the value, up to a whole number of cache lines.
    package var byteCount: Int { (shape.channels * planeStride * elementBytes + 63) / 64 * 64 }

    /// Where a channel of the value begins in an arena.
    public func plane(_ channel: Int, _ arena: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        arena + offset + channel * planeStride * elementBytes
    }

    /// The value's planes in an arena.
    ///
    /// - Precondition: an `Element` has `elementBytes`.
    @inlinable @inline(__always)
    public func planes<Element>(_ arena: UnsafeMutableRawPointer) -> Planes<Element> {
        Planes(base: (arena + offset).assumingMemoryBound(to: Element.self), stride: planeStride)
    }
}

/// Elements of `elementBytes` from one plane to the next, for planes of `pixels` elements.
///
/// At least `pixels`, and a multiple of a cache line's 64 bytes, so that every plane begins on one. Where the lines of a
/// plane are a multiple of four, one more line keeps corresponding pixels of many planes from falling into few sets of the
/// cache; planes of up to four lines are read whole, and stay dense.
public func recommendedPlaneStride(pixels: Int, elementBytes: Int = 4) -> Int {
    let lines = (pixels * elementBytes + 63) / 64
    return (lines > 4 && lines % 4 == 0 ? lines + 1 : lines) * (64 / elementBytes)
}
