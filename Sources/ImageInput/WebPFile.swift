import CImageCodecs

/// WebP files, by libwebp.
enum WebPFile {
    /// Decodes and turns upright.
    ///
    /// - Precondition: `bytes` start with a RIFF header of type WEBP.
    /// - Throws: `ImageError`, `MemoryError`.
    static func decode(_ bytes: UnsafeRawBufferPointer, name: String, limits: ImageLimits) throws -> RGBImage {
        let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        var header = WebPHeader()
        var failure = CodecFailure()
        guard condensenet_webp_header(start, bytes.count, &header, &failure) else {
            throw failure.error(name: name, format: .webp)
        }
        guard !header.isAnimated else {
            throw ImageError.unsupported(name: name, format: .webp, feature: "animation")
        }
        let size = ImageSize(width: Int(header.width), height: Int(header.height))
        try limits.check(size, name: name)
        let image = try RGBImage(size: size, name: name) { pixels in
            guard condensenet_webp_decode(start, bytes.count, header, pixels.baseAddress!, &failure) else {
                throw failure.error(name: name, format: .webp)
            }
        }
        guard !limits.ignoresOrientation else { return image }
        let exif = UnsafeRawBufferPointer(rebasing: bytes[header.exifOffset...].prefix(header.exifLength))
        return try image.upright(from: Orientation(exif: exif))
    }
}
