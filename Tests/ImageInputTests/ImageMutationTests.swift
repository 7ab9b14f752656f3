import Foundations
import ImageInput
import TestSupport
import Testing

/// Seeded damage to small good images: decoding returns or throws, and what it returns is whole.
@Suite struct ImageMutationTests {
    private static let seed: UInt64 = 2018
    private static let files =
        ["jpeg-420", "jpeg-progressive", "jpeg-422-restarts", "jpeg-ycck", "jpeg-grey", "orientation-6"].map {
            "\($0).jpg"
        }
        + ["png-palette-4", "png-rgb-8-interlaced", "png-grey-1", "png-rgb-alpha-16", "png-grey-alpha-8"].map {
            "\($0).png"
        } + ["netpbm-p2-255.pgm", "netpbm-p3-1023.ppm", "netpbm-p5-100.pgm", "netpbm-p6-65535.ppm"]

    @Test(arguments: files) func returnsOrThrows(file: String) throws {
        let good = try Fixture.bytes("image-formats/\(file)")
        var limits = ImageLimits()
        limits.pixels = 1 << 20
        var decoded = 0
        for round in (0..<400).sampledUnderEmulation(60) {
            let seed = Self.seed &* 1000 &+ UInt64(round)
            var generator = SplitMix64(seed: seed)
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.damage(&bytes, &generator) }
            // Half of the damaged PNG files get their checksums put right, to reach what lies behind them.
            if file.hasSuffix(".png"), Bool.random(using: &generator) { Self.repairChecksums(&bytes) }
            do {
                let image = try RGBImage.decode(bytes: bytes, name: file, limits: limits)
                #expect(image.pixels.count == 3 * image.width * image.height, "\(file), seed \(seed)")
                #expect(image.width * image.height <= limits.pixels, "\(file), seed \(seed)")
                decoded += 1
            } catch {
                #expect(error is ImageError, "\(file), seed \(seed): \(error)")
            }
        }
        // Not every change breaks a picture; none decoding would mean that nothing behind the header was reached. Of some
        // files one in hundreds decodes, which a sample may miss.
        #expect(decoded > 0 || Emulation.isOn, "\(file)")
    }

    /// One change: bits flipped, a byte set to an extreme, bytes removed, repeated or put elsewhere.
    private static func damage(_ bytes: inout [UInt8], _ generator: inout SplitMix64) {
        guard bytes.count > 8 else { return }
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        let length = min(Int.random(in: 1...8, using: &generator), bytes.count - at)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[at] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator)!
        case 2: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        case 3: bytes.removeSubrange(at..<(at + length))
        case 4: bytes.insert(contentsOf: bytes[at..<(at + length)], at: at)
        default:
            let target = Int.random(in: 0...(bytes.count - length), using: &generator)
            bytes.replaceSubrange(target..<(target + length), with: Array(bytes[at..<(at + length)]))
        }
    }

    private static func repairChecksums(_ bytes: inout [UInt8]) {
        var offset = 8
        while offset + 12 <= bytes.count {
            let length = bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - offset - 12 else { return }
            let end = offset + 8 + length
            bytes.replaceSubrange(end..<(end + 4), with: bigEndian(crc32(bytes[(offset + 4)..<end])))
            offset = end + 4
        }
    }
}
