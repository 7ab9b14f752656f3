import Foundations

extension RGBImage {
    /// Reads and decodes an image file.
    ///
    /// JPEG (baseline and progressive, Huffman- and arithmetic-coded; grey, YCbCr, RGB, CMYK, YCCK), PNG (every colour type and depth), WebP (no animations) and PPM/PGM
    /// are told apart by content. Grey is replicated, alpha dropped, 16-bit samples keep their high byte, CMYK is
    /// converted, and the orientation in a JPEG's or PNG's Exif data is applied, as Pillow's `convert('RGB')` and
    /// `exif_transpose` do it; no colour management.
    ///
    /// - Throws: `ImageError`, `FileError`, `MemoryError`. A truncated file is an error, never a partly grey picture. Other damage inside a JPEG's
    ///   data may pass for a picture, since the format has no checksum.
    public static func decode(path: String, limits: ImageLimits = .default) throws -> RGBImage {
        let file = try FileInput.read(path, limit: limits.fileBytes)
        return try file.withUnsafeBytes { try decode(bytes: $0, name: path, limits: limits) }
    }

    /// Decodes an image file's bytes; see `decode(path:limits:)`. Messages call the image `name`.
    ///
    /// - Throws: `ImageError`.
    public static func decode(bytes: [UInt8], name: String, limits: ImageLimits = .default) throws -> RGBImage {
        try bytes.withUnsafeBytes { try decode(bytes: $0, name: name, limits: limits) }
    }

    /// Decodes an image file's bytes; see `decode(path:limits:)`. Messages call the image `name`.
    ///
    /// - Throws: `ImageError`.
    public static func decode(
        bytes: UnsafeRawBufferPointer, name: String, limits: ImageLimits = .default
    ) throws -> RGBImage {
        guard bytes.count <= limits.fileBytes else {
            throw ImageError.tooLarge(
                name: name, quantity: .fileBytes, found: bytes.count, limit: limits.fileBytes)
        }
        return switch try ImageFormat.detect(bytes, name: name) {
        case .jpeg: try JPEGFile.decode(bytes, name: name, limits: limits)
        case .png: try PNGFile.decode(bytes, name: name, limits: limits)
        case .webp: try WebPFile.decode(bytes, name: name, limits: limits)
        case .netpbm: try NetpbmFile.decode(bytes, name: name, limits: limits)
        }
    }
}
