import Foundations
import ImageInput
import TestSupport
import Testing

/// Frames against definitions of their own: bytes placed by hand, colours by BT.601's formulas in doubles.
@Suite struct FrameTests {
    /// ITU-R BT.601, narrow range: R = Y + 2(1 − Kr)·Cr, B = Y + 2(1 − Kb)·Cb, Y = Kr·R + Kg·G + Kb·B.
    private static func rgb(_ y: UInt8, _ cb: UInt8, _ cr: UInt8) -> [Double] {
        let (kr, kb) = (0.299, 0.114)
        let luma = (Double(y) - 16) / 219
        let red = luma + 2 * (1 - kr) * (Double(cr) - 128) / 224
        let blue = luma + 2 * (1 - kb) * (Double(cb) - 128) / 224
        let green = (luma - kr * red - kb * blue) / (1 - kr - kb)
        return [red, green, blue].map { min(max($0, 0), 1) * 255 }
    }

    /// Random bytes: what a camera may send, out of range included.
    private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    @Test(arguments: [Frame.Format.rgb24, .bgr24, .rgba, .bgra, .gray], [0, 7])
    func interleavedPixels(format: Frame.Format, padding: Int) throws {
        let image = try noise(width: 5, height: 3, seed: 12)
        let pixelBytes = format == .gray ? 1 : format == .rgba || format == .bgra ? 4 : 3
        let rowBytes = 5 * pixelBytes + padding
        // The last row is not filled up.
        var buffer = [UInt8](repeating: 0xEE, count: 2 * rowBytes + 5 * pixelBytes)
        for place in image.pixels.indices {
            let (pixel, colour) = place.quotientAndRemainder(dividingBy: 3)
            let start = pixel / 5 * rowBytes + pixel % 5 * pixelBytes
            switch format {
            case .gray: if colour == 1 { buffer[start] = image.pixels[place] }
            case .bgr24, .bgra: buffer[start + 2 - colour] = image.pixels[place]
            default: buffer[start + colour] = image.pixels[place]
            }
        }
        let copy = try buffer.withUnsafeBytes {
            try RGBImage(Frame(format, width: 5, height: 3, bytes: $0, rowBytes: padding == 0 ? nil : rowBytes))
        }
        let expected =
            format == .gray
            ? (0..<15).flatMap { Array(repeating: image.pixels[3 * $0 + 1], count: 3) } : image.pixels
        #expect(copy.pixels == expected && copy.size == image.size)
    }

    @Test(arguments: [Frame.Format.nv12, .yuv420], [(6, 4), (5, 3), (1, 1), (2, 5)])
    func lumaAndChroma(format: Frame.Format, side: (width: Int, height: Int)) throws {
        let (width, height) = side
        let (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2)
        let luma = Self.bytes(width * height, seed: 1)
        let cb = Self.bytes(halfWidth * halfHeight, seed: 2)
        let cr = Self.bytes(halfWidth * halfHeight, seed: 3)
        let chroma = format == .nv12 ? zip(cb, cr).flatMap { [$0, $1] } : cb + cr
        #expect(try format.byteCount(width: width, height: height) == luma.count + chroma.count)
        let image = try (luma + chroma).withUnsafeBytes {
            try RGBImage(Frame(format, width: width, height: height, bytes: $0))
        }
        for y in 0..<height {
            for x in 0..<width {
                let place = y / 2 * halfWidth + x / 2
                let expected = Self.rgb(luma[y * width + x], cb[place], cr[place])
                for channel in 0..<3 {
                    let found = Double(image.pixels[3 * (y * width + x) + channel])
                    #expect((found - expected[channel]).magnitude <= 0.501, "\(x), \(y), channel \(channel)")
                }
            }
        }
    }

    /// Every luma with chroma on a grid that holds the ends: rounded to the nearest, but for values within 0.001 of a half.
    @Test func everyLumaIsRoundedToTheNearest() throws {
        let grid = Array(stride(from: UInt8(0), through: 255, by: 15))
        for cb in grid {
            for cr in grid {
                let luma = (0...255).map { UInt8($0) }
                let bytes = luma + [UInt8](repeating: cb, count: 128) + [UInt8](repeating: cr, count: 128)
                let image = try bytes.withUnsafeBytes { try RGBImage(Frame(.yuv420, width: 256, height: 1, bytes: $0)) }
                for y in luma {
                    let expected = Self.rgb(y, cb, cr)
                    for channel in 0..<3 {
                        let found = Double(image.pixels[3 * Int(y) + channel])
                        guard (found - expected[channel]).magnitude > 0.501 else { continue }
                        Issue.record("Y \(y), Cb \(cb), Cr \(cr): \(found), expected \(expected[channel])")
                    }
                }
            }
        }
    }

    /// The colour bars of BT.601 at full amplitude, as the standard's studio values.
    @Test func colourBars() throws {
        let bars: [(ycc: [UInt8], rgb: [Int])] = [
            ([235, 128, 128], [255, 255, 255]), ([210, 16, 146], [255, 255, 0]), ([170, 166, 16], [0, 255, 255]),
            ([145, 54, 34], [0, 255, 0]), ([106, 202, 222], [255, 0, 255]), ([81, 90, 240], [255, 0, 0]),
            ([41, 240, 110], [0, 0, 255]), ([16, 128, 128], [0, 0, 0]),
        ]
        for bar in bars {
            let image = try bar.ycc.withUnsafeBytes { try RGBImage(Frame(.nv12, width: 1, height: 1, bytes: $0)) }
            // The studio values are themselves rounded, by up to half a step of 219 or 224.
            for (found, expected) in zip(image.pixels, bar.rgb) { #expect(abs(Int(found) - expected) <= 2, "\(bar)") }
        }
    }

    /// Strides as V4L2 lays out a buffer, and planes that lie apart, give the pixels of the tight frame.
    @Test(arguments: [Frame.Format.nv12, .yuv420])
    func stridesAndSeparatePlanes(format: Frame.Format) throws {
        let (width, height) = (6, 4)
        let tight = Self.bytes(try format.byteCount(width: width, height: height), seed: 9)
        let expected = try tight.withUnsafeBytes {
            try RGBImage(Frame(format, width: width, height: height, bytes: $0))
        }
        // Planes of (offset, bytes a row, rows) in the tight frame, and their strides where luma's is 16.
        let planes: [(Int, Int, Int)] =
            format == .nv12 ? [(0, 6, 4), (24, 6, 2)] : [(0, 6, 4), (24, 3, 2), (30, 3, 2)]
        let strides = format == .nv12 ? [16, 16] : [16, 8, 8]
        let padded = zip(planes, strides).map { plane, stride -> [UInt8] in
            let (offset, length, rows) = plane
            var bytes: [UInt8] = []
            for row in 0..<rows {
                bytes += tight[(offset + row * length)..<(offset + (row + 1) * length)]
                bytes += [UInt8](repeating: 0xEE, count: stride - length)
            }
            return bytes
        }
        let whole = Array(padded.joined())
        let strided = try whole.withUnsafeBytes {
            try RGBImage(Frame(format, width: width, height: height, bytes: $0, rowBytes: 16))
        }
        #expect(strided.pixels == expected.pixels)
        let apart = try padded[0].withUnsafeBytes { first in
            try padded[1].withUnsafeBytes { second in
                try padded.last!.withUnsafeBytes { third in
                    let all = [first, second, third].prefix(format.planeCount)
                    return try RGBImage(
                        Frame(
                            format, width: width, height: height,
                            planes: zip(all, strides).map { Frame.Plane($0, rowBytes: $1) }))
                }
            }
        }
        #expect(apart.pixels == expected.pixels)
    }

    /// Resizing, cropping and padding a frame row by row changes no bit of what its RGB copy gives.
    @Test(arguments: Frame.Format.allCases)
    func theTransformReadsAFrameAsItsCopy(format: Frame.Format) throws {
        let (width, height) = (37, 29)
        let bytes = Self.bytes(try format.byteCount(width: width, height: height), seed: 5)
        for (resize, crop) in [(nil, 21), (20, 16), (50, 48), (16, 40)] as [(Int?, Int)] {
            let transform = try ImageTransform(
                resize: resize, crop: crop, mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4],
                outputSize: ImageSize(width: crop, height: crop))
            var found = [Float](repeating: .nan, count: 3 * crop * crop)
            var expected = found
            try bytes.withUnsafeBytes { bytes in
                let frame = try Frame(format, width: width, height: height, bytes: bytes)
                try found.withUnsafeMutableBufferPointer { try transform.apply(to: frame, into: $0) }
                let copy = try RGBImage(frame)
                try expected.withUnsafeMutableBufferPointer { try transform.apply(to: copy, into: $0) }
            }
            #expect(found == expected, "resize \(String(describing: resize)), crop \(crop)")
        }
    }

    @Test func refusesWhatDoesNotHoldThePixels() throws {
        func message(
            _ format: Frame.Format, _ width: Int, _ height: Int, bytes: Int, rowBytes: Int? = nil
        ) -> String {
            let buffer = [UInt8](repeating: 0, count: bytes)
            do {
                try buffer.withUnsafeBytes {
                    _ = try Frame(format, width: width, height: height, bytes: $0, rowBytes: rowBytes)
                }
                return "none"
            } catch { return "\(error)" }
        }
        #expect(message(.rgb24, 4, 3, bytes: 36) == "none")
        #expect(
            message(.rgb24, 4, 3, bytes: 35)
                == "frame: expected 3 rows of 12 bytes in plane 0 for rgb24, found 35 bytes")
        #expect(
            message(.rgba, 4, 3, bytes: 99, rowBytes: 15)
                == "frame: expected at least 16 bytes a row in plane 0 for rgba, found 15")
        #expect(
            message(.yuv420, 4, 4, bytes: 23)
                == "frame: expected 2 rows of 2 bytes in plane 2 for yuv420, found 3 bytes")
        #expect(
            message(.nv12, 4, 4, bytes: 16) == "frame: expected 2 rows of 4 bytes in plane 1 for nv12, found 0 bytes")
        #expect(message(.gray, 0, 3, bytes: 9) == "frame: expected at least 1×1 pixels for gray, found 0×3")
        #expect(message(.gray, 20_000, 1, bytes: 9) == "frame: expected at most 16384 pixels of width, found 20000")
        for format in Frame.Format.allCases {
            for size in [(-1, 4), (4, .min), (.max, .max), (4, 0)] {
                #expect(message(format, size.0, size.1, bytes: 64) != "none", "\(format), \(size)")
            }
            for rowBytes in [0, -1, .min, .max, .max - 1] {
                #expect(message(format, 4, 4, bytes: 64, rowBytes: rowBytes) != "none", "\(format), \(rowBytes)")
            }
            #expect(throws: ImageError.self) { try format.byteCount(width: .max, height: 2) }
            #expect(throws: ImageError.self) { try Frame(format, width: 1, height: 1, planes: []) }
            let nothing = Frame.Plane(UnsafeRawBufferPointer(start: nil, count: 0), rowBytes: 4)
            #expect(throws: ImageError.self) {
                try Frame(format, width: 1, height: 1, planes: Array(repeating: nothing, count: format.planeCount))
            }
        }
    }
}
