/// A PNG file's chunks, as far as they matter before it is decoded. Checksums are left to the decoder.
struct PNGChunks {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// What the header says; both sides are at least 1.
    let size: ImageSize
    /// Where the first run of IDAT chunks ends, checksum included.
    let imageDataEnd: Int
    /// Whether the file has its IEND chunk. One that ends with its image data is decoded as Pillow decodes it.
    let hasEnd: Bool
    /// The data of the eXIf chunk, or empty.
    let exif: Range<Int>
    /// The first text chunk with the Exif profile that ImageMagick writes.
    let rawProfile: RawProfile?

    /// Walks the chunks from IHDR to IEND, or to the end of the image data where the file ends there.
    ///
    /// - Precondition: `bytes` start with the signature.
    /// - Throws: `ImageError.malformed` if a chunk reaches past the end or one that must be there is missing.
    init(_ bytes: UnsafeRawBufferPointer, name: String) throws {
        func malformed(_ reason: String, at offset: Int) -> ImageError {
            .malformed(name: name, format: .png, reason: reason, offset: offset)
        }
        func bigEndian(at offset: Int) -> Int {
            Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
        var size: ImageSize?
        var dataEnd: Int?
        var exif = 0..<0
        var rawProfile: RawProfile?
        var hasEnd = false
        var offset = Self.signature.count
        while !hasEnd {
            guard bytes.count - offset >= 12 else {
                if dataEnd == offset { break }
                throw malformed("the file ends before its IEND chunk", at: offset)
            }
            let length = bigEndian(at: offset)
            let type = bigEndian(at: offset + 4)
            guard length <= bytes.count - offset - 12 else {
                throw malformed(
                    "a chunk of \(length) bytes, \(bytes.count - offset - 12) are left in the file", at: offset)
            }
            let data = (offset + 8)..<(offset + 8 + length)
            let end = data.upperBound + 4
            if size == nil {
                guard type == Self.header, length == 13 else {
                    throw malformed("the first chunk is not a 13-byte IHDR", at: offset)
                }
                let found = ImageSize(width: bigEndian(at: data.lowerBound), height: bigEndian(at: data.lowerBound + 4))
                guard found.width > 0, found.height > 0 else { throw malformed("\(found) pixels", at: data.lowerBound) }
                size = found
            } else if type == Self.imageData {
                if dataEnd == nil || dataEnd == offset { dataEnd = end }
            } else if type == Self.exif, exif.isEmpty {
                exif = data
            } else if type == Self.text || type == Self.compressedText, rawProfile == nil {
                rawProfile = RawProfile(data, of: bytes, isCompressed: type == Self.compressedText)
            } else if type == Self.end {
                hasEnd = true
            }
            if !hasEnd { offset = end }
        }
        guard let size, let dataEnd else { throw malformed("no IDAT chunk", at: offset) }
        self.size = size
        self.hasEnd = hasEnd
        self.imageDataEnd = dataEnd
        self.exif = exif
        self.rawProfile = rawProfile
    }

    private static let header = 0x4948_4452
    private static let imageData = 0x4944_4154
    private static let exif = 0x6558_4966
    private static let text = 0x7445_5874
    private static let compressedText = 0x7A54_5874
    private static let end = 0x4945_4E44
}
