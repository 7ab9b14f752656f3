import ImageInput
import TestSupport
import Testing

/// Hostile images: each is refused with the error that says why, within the limits.
@Suite struct ImageAttackTests {
    private func attack(_ file: String) throws -> [UInt8] { try Fixture.bytes("image-attacks/\(file)") }

    private func decode(_ bytes: [UInt8], limits: ImageLimits = .default) throws -> RGBImage {
        try RGBImage.decode(bytes: bytes, name: "attack", limits: limits)
    }

    /// What decoding throws, or `nil`.
    private func error(of bytes: [UInt8]) -> ImageError? {
        do {
            _ = try decode(bytes)
            return nil
        } catch {
            return error as? ImageError
        }
    }

    /// Expects a malformed image, with `reason` in its message and, where given, `offset` in the error.
    private func expect(
        _ reason: String, _ format: ImageFormat, at offset: Int? = nil, from bytes: [UInt8],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard case .malformed("attack", format, let found, let foundOffset) = error(of: bytes) else {
            Issue.record("found \(String(describing: error(of: bytes)))", sourceLocation: sourceLocation)
            return
        }
        #expect(found.contains(reason), sourceLocation: sourceLocation)
        #expect((0...bytes.count).contains(foundOffset), sourceLocation: sourceLocation)
        if let offset { #expect(foundOffset == offset, sourceLocation: sourceLocation) }
    }

    private func tooLarge(_ quantity: ImageError.Quantity, _ found: Int, _ limit: Int) -> ImageError {
        .tooLarge(name: "attack", quantity: quantity, found: found, limit: limit)
    }

    /// `small.jpg` with other sides in its frame header.
    private func jpeg(width: UInt16, height: UInt16) throws -> [UInt8] {
        var bytes = try attack("small.jpg")
        let frame = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
        bytes.replaceSubrange(
            (frame + 5)..<(frame + 9), with: [height, width].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] })
        return bytes
    }

    // MARK: Sides

    @Test func noSide() throws {
        let png = try attack("small.png")
        expect("0×5 pixels", .png, at: 16, from: patched(png, width: 0, height: 5))
        expect("5×0 pixels", .png, at: 16, from: patched(png, width: 5, height: 0))
        expect("Empty JPEG image", .jpeg, from: try jpeg(width: 24, height: 0))
        expect("Empty JPEG image", .jpeg, from: try jpeg(width: 0, height: 16))
        expect("0×1 pixels", .netpbm, from: Array("P6 0 1 255\n".utf8))
        expect("1×0 pixels", .netpbm, from: Array("P2 1 0 255\n".utf8))
    }

    @Test func giantSides() throws {
        let png = try attack("small.png")
        for bytes in [
            patched(png, width: 65_535, height: 65_535), try jpeg(width: 65_535, height: 65_535),
            Array("P6 65535 65535 255\n".utf8),
        ] {
            #expect(throws: tooLarge(.width, 65_535, 16_384)) { try decode(bytes) }
        }
        #expect(throws: tooLarge(.width, 16_385, 16_384)) { try decode(patched(png, width: 16_385, height: 1)) }
        #expect(throws: tooLarge(.height, 16_385, 16_384)) { try decode(patched(png, width: 1, height: 16_385)) }
        var limits = ImageLimits()
        limits.reduciblePixels = 0
        #expect(throws: tooLarge(.height, 16_385, 16_384)) {
            try decode(jpeg(width: 1, height: 16_385), limits: limits)
        }
        #expect(throws: tooLarge(.pixels, 64_008_000, 64_000_000)) {
            try decode(patched(png, width: 8_000, height: 8_001))
        }
        #expect(throws: tooLarge(.width, 4_294_967_295, 16_384)) { try decode(patched(png, width: .max, height: .max)) }
        #expect(throws: tooLarge(.width, Int.max, 16_384)) { try decode(Array("P5 \(Int.max) \(Int.max) 255\n".utf8)) }
        expect("too large", .netpbm, from: Array("P5 9223372036854775808 1 255\n".utf8))
    }

    /// With every limit lifted, sides that no memory could hold are still refused.
    @Test func giantSidesWithoutLimits() throws {
        var limits = ImageLimits()
        limits.side = .max
        limits.pixels = .max
        #expect(throws: tooLarge(.pixels, Int.max, Int.max)) {
            try decode(Array("P5 \(Int.max) \(Int.max) 255\n".utf8), limits: limits)
        }
        #expect(throws: ImageError.self) { try decode(Array("P6 3037000499 303700049 255\n".utf8), limits: limits) }
        #expect(throws: ImageError.self) { try decode(jpeg(width: 65_535, height: 65_535), limits: limits) }
    }

    @Test func limitsFollowTheCaller() throws {
        let png = try attack("small.png")
        var limits = ImageLimits()
        limits.side = 5
        limits.pixels = 20
        limits.fileBytes = png.count
        #expect(try decode(png, limits: limits).size == ImageSize(width: 5, height: 4))
        limits.pixels = 19
        #expect(throws: tooLarge(.pixels, 20, 19)) { try decode(png, limits: limits) }
        limits.side = 4
        #expect(throws: tooLarge(.width, 5, 4)) { try decode(png, limits: limits) }
        limits.fileBytes = png.count - 1
        #expect(throws: tooLarge(.fileBytes, png.count, png.count - 1)) { try decode(png, limits: limits) }
    }

    // MARK: JPEG

    @Test func scans() throws {
        #expect(try decode(attack("scans-100.jpg")).size == ImageSize(width: 24, height: 16))
        #expect(throws: tooLarge(.scans, 101, 100)) { try decode(attack("scans-101.jpg")) }
        var limits = ImageLimits()
        limits.scans = 99
        #expect(throws: tooLarge(.scans, 100, 99)) { try decode(attack("scans-100.jpg"), limits: limits) }
    }

    @Test func coefficientMemory() throws {
        // Two by two luma blocks an MCU, 24×16 pixels: 4×2 luma blocks and 2×1 of each chroma, 128 bytes each.
        var limits = ImageLimits()
        limits.coefficientBytes = 1_536
        #expect(try decode(attack("scans-100.jpg"), limits: limits).size == ImageSize(width: 24, height: 16))
        limits.coefficientBytes = 1_535
        #expect(throws: tooLarge(.coefficientBytes, 1_536, 1_535)) {
            try decode(attack("scans-100.jpg"), limits: limits)
        }
    }

    @Test func endMarkerInTheMiddleOfTheData() throws {
        expect("premature end of data segment", .jpeg, from: try attack("cut-with-end.jpg"))
    }

    /// Refinement scans of a few bytes over 64 megapixels are refused before the sixth part of them is decoded.
    @Test func scansOfALargeImage() throws {
        #expect(throws: tooLarge(.scans, 34, 33)) { try decode(attack("scans-98-of-64-megapixels.jpg")) }
    }

    /// A picture beyond the limit of pixels is decoded at half its sides, and beyond what may be reduced is refused.
    @Test func largePhotographsAreReduced() throws {
        let bytes = try Fixture.bytes("image-formats/jpeg-420.jpg")
        let whole = try RGBImage.decode(bytes: bytes, name: "whole")
        var limits = ImageLimits()
        limits.pixels = whole.width * whole.height - 1
        let half = try RGBImage.decode(bytes: bytes, name: "half", limits: limits)
        #expect(half.size == ImageSize(width: (whole.width + 1) / 2, height: (whole.height + 1) / 2))
        // Each pixel is near the mean of the four that it stands for.
        var sum = 0
        for y in 0..<(whole.height / 2) {
            for x in 0..<(whole.width / 2) {
                let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map { (dx, dy) -> Int in
                    Int(whole.pixels[3 * ((2 * y + dy) * whole.width + 2 * x + dx)])
                }
                sum += abs(four.reduce(0, +) / 4 - Int(half.pixels[3 * (y * half.width + x)]))
            }
        }
        #expect(sum < 8 * (whole.width / 2) * (whole.height / 2))
        limits.reduciblePixels = limits.pixels
        #expect(throws: ImageError.self) { try RGBImage.decode(bytes: bytes, name: "whole", limits: limits) }
    }

    /// A height that only a DNL marker behind the first scan states is read by no decoder of Pillow's either; one beside
    /// a height that the frame has changes nothing, whatever it says.
    @Test func numberOfLinesMarker() throws {
        let whole = try attack("small.jpg")
        for lines: [UInt8] in [[0, 16], [0, 0], [0xFF, 0xFF]] {
            let marker: [UInt8] = [0xFF, 0xDC, 0, 4] + lines
            func marked(_ jpeg: [UInt8]) -> [UInt8] {
                var bytes = jpeg
                bytes.insert(contentsOf: marker, at: jpeg.count - 2)
                return bytes
            }
            #expect(try decode(marked(whole)).pixels == decode(whole).pixels)
            expect("DNL not supported", .jpeg, from: marked(try jpeg(width: 24, height: 0)))
        }
    }

    // MARK: WebP

    @Test func animationsAreRefused() throws {
        #expect(throws: ImageError.unsupported(name: "attack", format: .webp, feature: "animation")) {
            try decode(attack("animated.webp"))
        }
    }

    @Test func everyPrefixOfAWebPFile() throws {
        for name in ["webp-lossy.webp", "webp-alpha.webp", "webp-orientation-6.webp"] {
            let bytes = try Fixture.bytes("image-formats/\(name)")
            for count in 12..<bytes.count {
                do {
                    let image = try decode(Array(bytes[..<count]))
                    // Only what follows the pixels, such as Exif data, may be missing.
                    #expect(name.contains("orientation") && image.width > 0, "\(name), \(count) bytes")
                } catch let error as ImageError {
                    #expect("\(error)".hasPrefix("attack: "))
                }
            }
        }
    }

    @Test func twelveBitsASample() throws {
        var bytes = try attack("small.jpg")
        let frame = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
        bytes[frame + 4] = 12
        guard case .unsupported("attack", .jpeg, _) = error(of: bytes) else {
            Issue.record("12 bits a sample: \(String(describing: error(of: bytes)))")
            return
        }
    }

    /// A broken Exif block says nothing about the pixels; a good one with a number out of range neither.
    @Test func brokenExif() throws {
        let plain = try attack("small.jpg")
        let upright = try decode(plain)
        func withExif(_ tiff: [UInt8]) -> [UInt8] {
            let block = Array("Exif\0\0".utf8) + tiff
            return plain[..<2] + [0xFF, 0xE1, UInt8((block.count + 2) >> 8), UInt8((block.count + 2) & 255)] + block
                + plain[2...]
        }
        let good = Array("MM\0*\0\0\0\u{8}\0\u{1}\u{1}\u{12}\0\u{3}\0\0\0\u{1}\0\u{6}\0\0".utf8)
        #expect(try decode(withExif(good)).size == ImageSize(width: 16, height: 24))
        for length in 0..<20 { #expect(try decode(withExif(Array(good[..<length]))).pixels == upright.pixels) }
        for (offset, byte): (Int, UInt8) in [
            (0, 0x49), (4, 0xFF), (7, 0xFF), (10, 2), (13, 7), (17, 2), (19, 0), (19, 9), (18, 1),
        ] {
            var broken = good
            broken[offset] = byte
            #expect(try decode(withExif(broken)).pixels == upright.pixels, "byte \(offset)")
        }
        // More entries promised than there are, the right one among them.
        var long = good
        long[8] = 0xFF
        #expect(try decode(withExif(long)).size == ImageSize(width: 16, height: 24))
        expect("shorter than its length field", .jpeg, from: plain[..<2] + [0xFF, 0xE1, 0, 1] + plain[2...])
    }

    // MARK: PNG

    @Test func imageDataBomb() throws {
        expect("image data beyond the last row", .png, from: try attack("idat-bomb.png"))
    }

    @Test func metadataIsNotInflated() throws {
        #expect(try decode(attack("metadata-bomb.png")).pixels.allSatisfy { $0 == 0 })
    }

    @Test func palette() throws {
        expect("palette index 2, the palette has 2 entries", .png, from: try attack("palette-index.png"))
        expect("Missing PLTE", .png, from: try attack("palette-missing.png"))
    }

    @Test func pngStructure() throws {
        expect("Not enough image data", .png, from: try attack("rows-missing.png"))
        expect("Invalid IHDR", .png, from: try attack("depth-3.png"))
        let png = try attack("small.png")
        let end = png.count - 12
        expect("no IDAT chunk", .png, at: 33, from: Array(png[..<33]) + png[end...])
        for cut in [0, 1, 11] { #expect(try decode(Array(png[..<(end + cut)])).pixels == decode(png).pixels) }
        let text = Array(png[..<end]) + pngChunk("tEXt", Array("Title\0four".utf8))
        expect("the file ends before its IEND chunk", .png, at: text.count, from: text)
        expect("13-byte IHDR", .png, at: 8, from: Array(png[..<8]) + png[33...])
        expect("critical chunk", .png, from: png[..<33] + pngChunk("ABCD", [1]) + png[33...])
        expect("out of place", .png, from: Array(png[..<33]) + png[8...])
        var long = png
        long[33] = 0x7F
        expect("a chunk of ", .png, at: 33, from: long)
        long[33] = 0xFF
        expect("a chunk of ", .png, at: 33, from: long)
        #expect(try decode(png + [1, 2, 3]).pixels == decode(png).pixels)
    }

    /// Of an animated PNG the still picture is taken; frames and counts that lie change nothing and cost nothing.
    @Test func animationChunksArePassedOver() throws {
        let png = try attack("small.png")
        let end = png.count - 12
        func control(_ frames: UInt32, _ width: UInt32, _ offset: UInt32) -> [UInt8] {
            var frame: [UInt8] = []
            for number in [0, width, 4, offset, 0] { frame += bigEndian(number) }
            frame += [0, 1, 0, 1, 0, 0] as [UInt8]
            return pngChunk("acTL", bigEndian(frames) + bigEndian(0)) + pngChunk("fcTL", frame)
        }
        for (frames, width, offset): (UInt32, UInt32, UInt32) in [(2, 5, 0), (0, 0, .max), (.max, .max, .max)] {
            let frame = pngChunk("fdAT", bigEndian(1) + [UInt8](repeating: 0xFF, count: 9))
            var animated = png
            animated.insert(contentsOf: frame + frame, at: end)
            animated.insert(contentsOf: control(frames, width, offset), at: 33)
            #expect(try decode(animated).pixels == decode(png).pixels)
        }
    }

    /// Any flipped bit, even in a chunk that is not used, is caught by its checksum.
    @Test func checksums() throws {
        let png = try attack("small.png")
        let text = png[..<33] + pngChunk("tEXt", Array("Title\0four".utf8)) + png[33...]
        #expect(try decode(Array(text)).pixels == decode(png).pixels)
        for bytes in [png, Array(text)] {
            for bit in (0..<(8 * bytes.count)).sampledUnderEmulation() {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(throws: ImageError.self, "bit \(bit)") { try decode(flipped) }
            }
        }
        var wrong = Array(text)
        wrong[33 + 8 + 3] ^= 1
        expect("CRC error", .png, from: wrong)
    }

    // MARK: PPM

    @Test func netpbmStructure() {
        expect("the file ends before the height", .netpbm, at: 5, from: Array("P6 12".utf8))
        expect("expected the width", .netpbm, from: Array("P6 -1 1 255\n".utf8))
        expect("expected the width", .netpbm, at: 2, from: Array("P612 1 255\n".utf8))
        expect("the largest sample is 0", .netpbm, from: Array("P6 1 1 0\n   ".utf8))
        expect("the largest sample is 65536", .netpbm, from: Array("P6 1 1 65536\n      ".utf8))
        expect("1×1 pixels need 3 bytes, 2 are left", .netpbm, from: Array("P6 1 1 255\n12".utf8))
        expect("1×1 pixels need 6 bytes, 5 are left", .netpbm, from: Array("P6 1 1 256\n12345".utf8))
        expect("expected white space", .netpbm, from: Array("P6 1 1 255x123".utf8))
        expect("sample 8 above the largest, 7", .netpbm, from: Array("P2 1 1 7\n8 ".utf8))
        expect("expected a sample", .netpbm, from: Array("P2 2 1 7\n1x2 ".utf8))
        expect("16000×4000 pixels need 128000000 bytes", .netpbm, from: Array("P2 16000 4000 255\n".utf8))
        #expect(throws: ImageError.unsupported(name: "attack", format: .netpbm, feature: "bitmap (P4)")) {
            try decode(Array("P4 1 1 \0".utf8))
        }
    }

    // MARK: Every prefix

    @Test(arguments: [
        "image-attacks/small.jpg", "image-attacks/small.png", "image-formats/jpeg-grey-progressive.jpg",
        "image-formats/png-palette-4-interlaced.png",
    ])
    func everyPrefixIsRefused(file: String) throws {
        let bytes = try Fixture.bytes(file)
        #expect(try decode(bytes).width > 0)
        // A PNG file may end with its image data.
        let end = file.hasSuffix(".png") ? bytes.count - 12 : bytes.count
        for length in (0..<end).sampledUnderEmulation() {
            #expect(throws: ImageError.self, "\(length) bytes") { try decode(Array(bytes[..<length])) }
        }
    }

    @Test(arguments: ["p2-255.pgm", "p3-1023.ppm", "p5-100.pgm", "p6-65535.ppm"])
    func everyNetpbmPrefixIsRefused(file: String) throws {
        let bytes = try Fixture.bytes("image-formats/netpbm-\(file)")
        // A number in text may lose its last digits and still be one.
        let whole = file < "p4" ? bytes.dropLast().lastIndex { $0 == 0x20 || $0 == 0x0A }! + 2 : bytes.count
        for length in (0..<whole).sampledUnderEmulation() {
            #expect(throws: ImageError.self, "\(length) bytes") { try decode(Array(bytes[..<length])) }
        }
    }
}
