/// PGM and PPM files, plain (P2, P3) and raw (P5, P6), with samples of one or two bytes.
///
/// Source: the Netpbm formats' specification. Samples are scaled to 255 as Pillow scales them: rounded to nearest,
/// halves to even.
enum NetpbmFile {
    /// Decodes the file's first image.
    ///
    /// - Precondition: `bytes` start with `P` and a digit.
    /// - Throws: `ImageError`.
    static func decode(_ bytes: UnsafeRawBufferPointer, name: String, limits: ImageLimits) throws -> RGBImage {
        let kind = bytes[1] - UInt8(ascii: "0")
        let plain = kind == 2 || kind == 3
        let channels = kind == 3 || kind == 6 ? 3 : 1
        guard plain || kind == 5 || kind == 6 else {
            throw ImageError.unsupported(name: name, format: .netpbm, feature: "bitmap (P\(kind))")
        }
        var reader = NetpbmReader(bytes, from: 2, name: name)
        let width = try reader.number("the width")
        let height = try reader.number("the height")
        let size = ImageSize(width: width, height: height)
        guard width > 0, height > 0 else { throw reader.malformed("\(size) pixels") }
        try limits.check(size, name: name)
        let maximum = try reader.number("the largest sample")
        guard (1...65_535).contains(maximum) else {
            throw reader.malformed("the largest sample is \(maximum), not between 1 and 65535")
        }
        if !plain { try reader.skipOneSpace() }

        let samples = width * height * channels
        let bytesPerSample = maximum > 255 ? 2 : 1
        // A plain sample takes a space and a digit at least.
        try reader.require(plain ? 2 * samples : bytesPerSample * samples, of: size)
        let scaled = (0...maximum).map {
            UInt8((Double($0) / Double(maximum) * 255).rounded(.toNearestOrEven))
        }
        return try RGBImage(size: size, name: name) { pixels in
            for index in 0..<samples {
                let sample = plain ? try reader.plainSample(maximum) : reader.rawSample(bytesPerSample)
                let value = scaled[min(sample, maximum)]
                if channels == 3 {
                    pixels[index] = value
                } else {
                    for channel in 0..<3 { pixels[3 * index + channel] = value }
                }
            }
        }
    }
}
