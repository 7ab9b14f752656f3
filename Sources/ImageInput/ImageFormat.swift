/// An image file's format, told by its first bytes; a file's name says nothing.
public enum ImageFormat: Sendable, CustomStringConvertible {
    /// JPEG, baseline or progressive.
    case jpeg
    /// WebP, lossy or lossless; of an animation the first picture.
    case webp
    /// Portable Network Graphics.
    case png
    /// The portable pixmap family.
    case netpbm

    /// The format's usual name.
    public var description: String {
        switch self {
        case .jpeg: "JPEG"
        case .webp: "WebP"
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
        if bytes.count >= 12, bytes.starts(with: "RIFF".utf8), bytes[8..<12].elementsEqual("WEBP".utf8) { return .webp }
        if bytes.count >= 2, bytes[0] == UInt8(ascii: "P"), (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(bytes[1]) {
            return .netpbm
        }
        throw ImageError.notAnImage(name: name, found: kind(of: bytes))
    }

    /// What a file is that is none of the formats above.
    private static func kind(of bytes: UnsafeRawBufferPointer) -> String {
        if bytes.isEmpty { return "an empty file" }
        if let match = starts.first(where: { bytes.starts(with: $0.start) }) { return match.name }
        guard bytes.count >= 12 else { return "other bytes" }
        if bytes.starts(with: "RIFF".utf8) { return "a RIFF file" }
        // ISO base media files (HEIC, AVIF and others) begin with a box that names their brand.
        guard bytes[4..<8].elementsEqual("ftyp".utf8) else { return "other bytes" }
        return switch String(decoding: bytes[8..<12], as: UTF8.self) {
        case "avif", "avis": "an AVIF image"
        case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": "an HEIC image"
        case "jp2 ": "a JPEG 2000 image"
        default: "a video or another file of the MP4 family"
        }
    }

    private static let starts: [(start: [UInt8], name: String)] = [
        (Array("GIF8".utf8), "a GIF image"), (Array("BM".utf8), "a BMP image"),
        (Array("II*\0".utf8), "a TIFF image"), (Array("MM\0*".utf8), "a TIFF image"),
        (Array("II+\0".utf8), "a TIFF image"), (Array("MM\0+".utf8), "a TIFF image"),
        (Array("P7\n".utf8), "a PAM image"), (Array("Pf".utf8), "a PFM image"), (Array("PF".utf8), "a PFM image"),
        ([0, 0, 0, 12] + Array("jP  \r\n".utf8), "a JPEG 2000 image"), ([0xFF, 0x4F, 0xFF, 0x51], "a JPEG 2000 image"),
        ([0, 0, 0, 12] + Array("JXL ".utf8), "a JPEG XL image"), ([0xFF, 0x0A], "a JPEG XL image"),
        ([0, 0, 1, 0], "an icon file"), (Array("8BPS".utf8), "a Photoshop file"), (Array("%PDF".utf8), "a PDF file"),
        (Array("<svg".utf8), "an SVG drawing"), (Array("<?xml".utf8), "an XML file"),
        (Array("<!DOCTYPE".utf8), "an HTML page"), (Array("<!doctype".utf8), "an HTML page"),
        (Array("<html".utf8), "an HTML page"), (Array("version https://git-lfs".utf8), "a Git LFS pointer"),
        ([0x1F, 0x8B], "gzip data"), (Array("PK".utf8), "a zip archive"),
    ]
}
