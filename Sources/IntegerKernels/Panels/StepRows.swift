import CBytes

/// The layout of panels, as functions, so that the compiler does not warn of what it leaves out.
enum PanelLayout {
    /// Elements of a step.
    static var channels: Int { Int(CONDENSENET_BYTES_CHANNELS) }
    /// Bytes of a position.
    static var pixel: Int { Int(CONDENSENET_BYTES_PIXEL) }
}

/// The rows that a step of a panel is made of.
struct StepRows {
    private let rows: (UnsafePointer<Int8>, UnsafePointer<Int8>, UnsafePointer<Int8>, UnsafePointer<Int8>)
    private let lower: UnsafePointer<Int8>
    private let upper: UnsafePointer<Int8>

    /// The rows of the step's elements, as `row` gives them, and each element's bounds.
    @inline(__always)
    init(_ lower: UnsafePointer<Int8>, _ upper: UnsafePointer<Int8>, _ row: (Int) -> UnsafePointer<Int8>) {
        let (first, second) = (row(0), row(1))
        rows = PanelLayout.channels == 4 ? (first, second, row(2), row(3)) : (first, second, first, second)
        self.lower = lower
        self.upper = upper
    }

    /// Brings rows of `width` bytes into a panel, and up to fifteen bytes beyond each; `padding` positions before it are filled.
    @inline(__always)
    func interleave(
        from start: Int, width: Int, rows count: Int = 1, sourceStride: Int = 0, stride: Int = 0, padding: Int = 0,
        pad: UInt32 = 0, bounded: Bool, into panel: UnsafeMutablePointer<UInt8>
    ) {
        if bounded {
            condensenet_bytes_interleave_rows(
                panel, rows.0 + start, rows.1 + start, rows.2 + start, rows.3 + start, lower, upper, true, width, count,
                sourceStride, stride, padding, pad)
        } else {
            condensenet_bytes_interleave_rows(
                panel, rows.0 + start, rows.1 + start, rows.2 + start, rows.3 + start, lower, upper, false, width,
                count, sourceStride, stride, padding, pad)
        }
    }
}

/// What surrounds the planes of a step's elements, as a panel holds it.
struct PanelPad {
    /// The bytes of a position.
    let bits: UInt32

    /// The bytes that surround the elements' planes.
    @inline(__always)
    init(_ bytes: UnsafePointer<Int8>) {
        let bias = UInt8(CONDENSENET_BYTES_BIAS)
        let element = Int(CONDENSENET_BYTES_PIXEL) / Int(CONDENSENET_BYTES_CHANNELS)
        var bits: UInt32 = 0
        for index in 0..<Int(CONDENSENET_BYTES_CHANNELS) {
            let byte =
                element == 1
                ? UInt32(UInt8(bitPattern: bytes[index]) ^ bias) : UInt32(UInt16(bitPattern: Int16(bytes[index])))
            bits |= byte << UInt32(8 * element * index)
        }
        self.bits = bits
    }

    /// Fills `count` positions.
    @inline(__always)
    func fill(_ panel: UnsafeMutablePointer<UInt8>, _ count: Int) {
        let panel = UnsafeMutableRawPointer(panel)
        for position in 0..<count {
            if PanelLayout.pixel == 4 {
                panel.storeBytes(of: bits, toByteOffset: 4 * position, as: UInt32.self)
            } else {
                panel.storeBytes(of: UInt16(truncatingIfNeeded: bits), toByteOffset: 2 * position, as: UInt16.self)
            }
        }
    }
}
