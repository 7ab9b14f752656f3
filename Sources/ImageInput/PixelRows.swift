/// A picture whose rows can be had one at a time, as red, green and blue bytes.
protocol PixelRows {
    /// What messages call the picture.
    var name: String { get }
    /// In pixels, each side at least 1.
    var size: ImageSize { get }

    /// Calls `body` with the 3 · width bytes of a row.
    ///
    /// - Parameters:
    ///   - row: from the top, less than the height.
    ///   - space: 3 · width bytes that the row may be written to.
    func withRow(
        _ row: Int, space: UnsafeMutableBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void)
}

extension PixelRows {
    /// Calls `body` with each of `rows`, and how many came before it.
    func forEachRow(in rows: Range<Int>, _ body: (Int, UnsafeBufferPointer<UInt8>) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 3 * size.width) { space in
            for (index, row) in rows.enumerated() { withRow(row, space: space) { body(index, $0) } }
        }
    }
}

extension RGBImage: PixelRows {
    func withRow(
        _ row: Int, space: UnsafeMutableBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        pixels.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[(3 * width * row)..<(3 * width * (row + 1))]))
        }
    }

    /// The frame's pixels, converted: a copy that lives on when the frame's bytes are gone.
    ///
    /// - Throws: `MemoryError`.
    public init(_ frame: Frame) throws {
        self = try frame.cropped(columns: 0..<frame.size.width, rows: 0..<frame.size.height)
    }
}

extension Frame: PixelRows {
    func withRow(
        _ row: Int, space: UnsafeMutableBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        let first = samples(0, row)
        switch format {
        case .rgb24: return body(UnsafeBufferPointer(start: first, count: 3 * size.width))
        case .bgr24: interleaved(first, bytes: 3, red: 2, blue: 0, into: space)
        case .rgba: interleaved(first, bytes: 4, red: 0, blue: 2, into: space)
        case .bgra: interleaved(first, bytes: 4, red: 2, blue: 0, into: space)
        case .gray:
            for x in 0..<size.width {
                space[3 * x] = first[x]
                space[3 * x + 1] = first[x]
                space[3 * x + 2] = first[x]
            }
        case .nv12:
            let pairs = samples(1, row / 2)
            converted(luma: first, cb: pairs, cr: pairs + 1, step: 2, into: space)
        case .yuv420:
            converted(luma: first, cb: samples(1, row / 2), cr: samples(2, row / 2), step: 1, into: space)
        }
        body(UnsafeBufferPointer(space))
    }

    private func samples(_ plane: Int, _ row: Int) -> UnsafePointer<UInt8> {
        (planes[plane].bytes.baseAddress! + row * planes[plane].rowBytes).assumingMemoryBound(to: UInt8.self)
    }

    private func interleaved(
        _ pixels: UnsafePointer<UInt8>, bytes: Int, red: Int, blue: Int, into row: UnsafeMutableBufferPointer<UInt8>
    ) {
        for x in 0..<size.width {
            row[3 * x] = pixels[bytes * x + red]
            row[3 * x + 1] = pixels[bytes * x + 1]
            row[3 * x + 2] = pixels[bytes * x + blue]
        }
    }

    /// Converts a row; each sample of Cb and Cr, `step` bytes apart, belongs to two pixels.
    private func converted(
        luma: UnsafePointer<UInt8>, cb: UnsafePointer<UInt8>, cr: UnsafePointer<UInt8>, step: Int,
        into row: UnsafeMutableBufferPointer<UInt8>
    ) {
        for x in 0..<size.width {
            let color = VideoColor.rgb(y: luma[x], cb: cb[x / 2 * step], cr: cr[x / 2 * step])
            row[3 * x] = color.red
            row[3 * x + 1] = color.green
            row[3 * x + 2] = color.blue
        }
    }
}

/// From Y, Cb and Cr to red, green and blue: ITU-R BT.601's matrix and its narrow range, where luma is 16 to 235, Cb and Cr
/// 16 to 240.
enum VideoColor {
    private static let fractionBits = 20

    private static func fixed(_ factor: Double) -> Int32 { Int32((factor * Double(1 << fractionBits)).rounded()) }

    private static let luma = fixed(255 / 219)
    private static let redFromCr = fixed(255 / 224 * 2 * (1 - 0.299))
    private static let blueFromCb = fixed(255 / 224 * 2 * (1 - 0.114))
    private static let greenFromCr = fixed(255 / 224 * 2 * (1 - 0.299) * 0.299 / 0.587)
    private static let greenFromCb = fixed(255 / 224 * 2 * (1 - 0.114) * 0.114 / 0.587)

    /// The colour, rounded to the nearest bytes and cut to their range.
    @inline(__always)
    static func rgb(y: UInt8, cb: UInt8, cr: UInt8) -> (red: UInt8, green: UInt8, blue: UInt8) {
        let y = (Int32(y) - 16) &* luma &+ (1 << (fractionBits - 1))
        let (cb, cr) = (Int32(cb) - 128, Int32(cr) - 128)
        func byte(_ sum: Int32) -> UInt8 {
            UInt8(truncatingIfNeeded: max(0, min(255, sum >> Int32(fractionBits))))
        }
        return (
            byte(y &+ cr &* redFromCr), byte(y &- cr &* greenFromCr &- cb &* greenFromCb), byte(y &+ cb &* blueFromCb)
        )
    }
}
