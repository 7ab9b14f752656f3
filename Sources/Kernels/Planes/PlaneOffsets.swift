/// Offsets in a buffer, in elements, of the planes of some channels.
struct PlaneOffsets {
    private let planes: UnsafePointer<Int32>
    private let stride: Int

    /// The planes of the channels from `first` on, `stride` elements apart.
    @inline(__always)
    init(_ planes: UnsafePointer<Int32>, from first: Int, stride: Int) {
        self.planes = planes + first
        self.stride = stride
    }

    /// The offset of the plane of channel `index`, counted from the first.
    @inline(__always)
    subscript(index: Int) -> Int { Int(planes[index]) &* stride }
}
