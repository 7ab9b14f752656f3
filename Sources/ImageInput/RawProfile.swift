import Foundations

/// Exif data in a PNG's text chunk, as ImageMagick writes it: a name, a length, and hexadecimal digits over many lines.
struct RawProfile {
    private let content: Range<Int>
    private let isCompressed: Bool

    private static let keyword = Array("Raw profile type exif\0".utf8)
    /// The most bytes of text that are read: those of an Exif block of 64 KiB, and line breaks.
    private static let limit = 160 << 10

    /// `nil` unless the chunk whose data are at `data` of `bytes` has the profile's keyword.
    init?(_ data: Range<Int>, of bytes: UnsafeRawBufferPointer, isCompressed: Bool) {
        guard bytes[data].starts(with: Self.keyword) else { return nil }
        // A compressed text's method, of which there is one, is a byte.
        let start = data.lowerBound + Self.keyword.count + (isCompressed ? 1 : 0)
        guard start <= data.upperBound else { return nil }
        content = start..<data.upperBound
        self.isCompressed = isCompressed
    }

    /// The Exif block from its TIFF header on. What is broken gives none, as for an Exif chunk: it says nothing about the
    /// pixels.
    ///
    /// - Throws: `MemoryError`.
    func exif(of bytes: UnsafeRawBufferPointer) throws -> [UInt8] {
        let data = UnsafeRawBufferPointer(rebasing: bytes[content])
        let text = isCompressed ? try inflated(data) : Array(data.prefix(Self.limit))
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var digits: [UInt8] = []
        for byte in lines.dropFirst(3).joined() {
            guard byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return [] }
            digits.append(UInt8(digit))
        }
        guard digits.count.isMultiple(of: 2) else { return [] }
        let block = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        let signature = Array("Exif\0\0".utf8)
        return block.starts(with: signature) ? Array(block.dropFirst(signature.count)) : block
    }

    /// The text, or nothing where it is damaged or too long.
    private func inflated(_ data: UnsafeRawBufferPointer) throws -> [UInt8] {
        let inflater = try Inflater(.zlib)
        var status = Inflater.Status.corrupt
        let text = [UInt8](unsafeUninitializedCapacity: Self.limit) { buffer, filled in
            let step = inflater.inflate(data, into: UnsafeMutableRawBufferPointer(buffer))
            (status, filled) = (step.status, step.written)
        }
        return status == .end ? text : []
    }
}
