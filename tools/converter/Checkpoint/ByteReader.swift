/// Reads forward through bytes, and throws where they end.
struct ByteReader {
    /// What is read. A slice shares its file's memory.
    let bytes: ArraySlice<UInt8>
    /// What the bytes are, for errors.
    let place: CheckpointLocation
    /// Where the bytes start in what `place` names.
    let origin: Int
    /// Bytes consumed.
    private(set) var offset = 0

    init(_ bytes: ArraySlice<UInt8>, at place: CheckpointLocation, origin: Int = 0) {
        self.bytes = bytes
        self.place = place
        self.origin = origin
    }

    /// Bytes left.
    var remaining: Int { bytes.count - offset }

    /// The place of the next byte.
    var here: CheckpointLocation { place.byte(origin + offset) }

    /// The next `count` bytes, without a copy.
    mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count <= remaining else {
            throw CheckpointError.truncated(expected: count, found: remaining, at: here)
        }
        let start = bytes.startIndex + offset
        offset += count
        return bytes[start..<(start + count)]
    }

    /// The next byte.
    mutating func byte() throws -> UInt8 {
        guard remaining > 0 else { throw CheckpointError.truncated(expected: 1, found: 0, at: here) }
        offset += 1
        return bytes[bytes.startIndex + offset - 1]
    }

    /// The next integer, little-endian.
    mutating func integer<I: FixedWidthInteger>(_: I.Type = I.self) throws -> I {
        try take(MemoryLayout<I>.size).withUnsafeBytes { I(littleEndian: $0.loadUnaligned(as: I.self)) }
    }

    /// The bytes up to the next line feed, which is consumed and not returned.
    mutating func line() throws -> ArraySlice<UInt8> {
        let start = bytes.startIndex + offset
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else {
            throw CheckpointError.truncated(expected: remaining + 1, found: remaining, at: here)
        }
        offset = end + 1 - bytes.startIndex
        return bytes[start..<end]
    }

    /// Throws unless every byte was consumed.
    func expectEnd() throws {
        guard remaining == 0 else { throw CheckpointError.trailingBytes(count: remaining, at: here) }
    }
}

extension ArraySlice<UInt8> {
    /// The text that these bytes are in UTF-8; `nil` where they are not.
    var utf8Text: String? {
        let text = String(decoding: self, as: UTF8.self)
        // Decoding repairs what is malformed, so only well-formed bytes come back as they were.
        return text.utf8.elementsEqual(self) ? text : nil
    }

    /// Whether these are the bytes of `text`.
    func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount
            && text.withUTF8Buffer { expected in elementsEqual(expected) }
    }
}
