/// An image file's format, told by its first bytes; a file's name says nothing.
public enum ImageFormat: Sendable, CustomStringConvertible {
    /// JPEG, baseline or progressive.
    case jpeg
    /// Portable Network Graphics.
    case png
    /// The portable pixmap family.
    case netpbm

    /// The format's usual name.
    public var description: String {
        switch self {
        case .jpeg: "JPEG"
        case .png: "PNG"
        case .netpbm: "PPM"
        }
    }

    /// The format that `bytes` begin like.
    ///
    /// - Throws: `ImageError.notAnImage`.
    static func detect(_ bytes: UnsafeRawBufferPointer, name: String) throws -> ImageFormat {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        if bytes.starts(with: PNGChunks.signature) { return .png }
        if bytes.count >= 2, bytes[0] == UInt8(ascii: "P"), (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(bytes[1]) {
            return .netpbm
        }
        throw ImageError.notAnImage(name: name, found: kind(of: bytes))
    }

    /// What a file is that is none of the formats above.
    private static func kind(of bytes: UnsafeRawBufferPointer) -> String {
        let known: [(start: String, name: String)] = [
            ("GIF8", "a GIF image"), ("BM", "a BMP image"), ("II*\0", "a TIFF image"), ("MM\0*", "a TIFF image"),
            ("RIFF", "a RIFF file (perhaps WebP)"), ("P7\n", "a PAM image"),
        ]
        if bytes.isEmpty { return "an empty file" }
        if let match = known.first(where: { bytes.starts(with: $0.start.utf8) }) { return match.name }
        return "other bytes"
    }
}
