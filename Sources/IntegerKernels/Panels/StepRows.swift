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

    /// The rows of the step's elements, as `row` gives them.
    @inline(__always)
    init(_ row: (Int) -> UnsafePointer<Int8>) {
        let (first, second) = (row(0), row(1))
        rows = PanelLayout.channels == 4 ? (first, second, row(2), row(3)) : (first, second, first, second)
    }

    /// Brings `count` bytes of each row into a panel, and up to fifteen beyond.
    @inline(__always)
    func interleave(
        from start: Int, count: Int, into panel: UnsafeMutablePointer<UInt8>, _ lower: UnsafePointer<Int8>,
        _ upper: UnsafePointer<Int8>
    ) {
        condensenet_bytes_interleave_row(
            panel, rows.0 + start, rows.1 + start, rows.2 + start, rows.3 + start, count, lower, upper)
    }
}

/// What surrounds the planes of a step's elements, as a panel holds it.
struct PanelPad {
    private let bits: UInt32

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

/// Sixteen bytes at equal distances.
enum StridedBytes {
    /// The bytes from `bytes` on, `stride` apart; up to `stride` bytes beyond the last are read.
    @inline(__always)
    static func load(_ bytes: UnsafePointer<Int8>, stride: Int) -> SIMD16<Int8> {
        let raw = UnsafeRawPointer(bytes)
        if stride == 1 { return raw.loadUnaligned(as: SIMD16<Int8>.self) }
        if stride == 2 { return raw.loadUnaligned(as: SIMD32<Int8>.self).evenHalf }
        var gathered = SIMD16<Int8>()
        for lane in 0..<16 { gathered[lane] = bytes[lane * stride] }
        return gathered
    }
}
