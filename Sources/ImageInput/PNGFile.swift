import CImageCodecs

/// PNG files, by libpng.
enum PNGFile {
    /// Decodes and turns upright.
    ///
    /// - Throws: `ImageError`.
    static func decode(_ bytes: UnsafeRawBufferPointer, name: String, limits: ImageLimits) throws -> RGBImage {
        let chunks = try PNGChunks(bytes, name: name)
        try limits.check(chunks.size, name: name)
        let layout = PNGLayout(
            width: UInt32(chunks.size.width), height: UInt32(chunks.size.height), imageDataEnd: chunks.imageDataEnd,
            hasEnd: chunks.hasEnd)
        let image = try RGBImage(size: chunks.size, name: name) { pixels in
            var failure = CodecFailure()
            let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
            guard condensenet_png_decode(start, bytes.count, layout, pixels.baseAddress!, &failure) else {
                throw failure.error(name: name, format: .png)
            }
        }
        guard !limits.ignoresOrientation else { return image }
        guard chunks.exif.isEmpty, let profile = chunks.rawProfile else {
            return try image.upright(from: Orientation(exif: UnsafeRawBufferPointer(rebasing: bytes[chunks.exif])))
        }
        return try image.upright(from: try profile.exif(of: bytes).withUnsafeBytes(Orientation.init(exif:)))
    }
}
