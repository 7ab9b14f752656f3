/// Planes of a value: plane `c` starts `c · stride` elements after `base`, pixel (y, x) at `y · width + x`.
public struct Planes<Element> {
    /// The first pixel of plane 0.
    public let base: UnsafeMutablePointer<Element>
    /// Elements from one plane to the next.
    public let stride: Int

    /// Planes at `base`.
    @inlinable @inline(__always)
    public init(base: UnsafeMutablePointer<Element>, stride: Int) {
        self.base = base
        self.stride = stride
    }

    /// The first pixel of plane `channel`.
    @inlinable @inline(__always)
    public subscript(channel: Int) -> UnsafeMutablePointer<Element> { base + channel * stride }
}
