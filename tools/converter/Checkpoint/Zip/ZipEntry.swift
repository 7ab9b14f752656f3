/// One entry of a zip archive, as the central directory and the entry's own header agree on it.
struct ZipEntry {
    /// Of bounded length; any UTF-8, since PyTorch calls the archive's folder what its user called the file. Only its
    /// bytes are hashed and compared.
    let name: String
    let method: Method
    let checksum: UInt32
    /// Bytes in the archive.
    let compressedSize: Int
    /// Bytes when expanded.
    let size: Int
    /// Where the entry's own header starts.
    let headerOffset: Int
    /// Where its data lie.
    let data: Range<Int>

    enum Method: UInt16 {
        case stored = 0
        case deflated = 8
    }

    /// Everything that the entry occupies, but for a data descriptor after it.
    var extent: Range<Int> { headerOffset..<data.upperBound }
}

/// The fields that an entry's two headers have in common.
///
/// Sizes and offsets that need more than 32 bits are in an extra field, and are put in place on reading.
struct ZipHeader {
    let flags: UInt16
    let method: UInt16
    let checksum: UInt32
    private(set) var compressedSize: UInt64
    private(set) var size: UInt64
    let nameLength: Int
    let extraLength: Int

    /// Bit 0: the data are encrypted.
    var isEncrypted: Bool { flags & 1 != 0 }
    /// Bit 3: checksum and sizes follow the data, and may be zero in the entry's own header.
    var hasDescriptor: Bool { flags & 8 != 0 }

    /// Reads from the flags to the length of the extra field.
    init(_ reader: inout ByteReader) throws {
        flags = try reader.integer()
        method = try reader.integer()
        _ = try reader.take(4)  // time and date
        checksum = try reader.integer()
        compressedSize = UInt64(try reader.integer(UInt32.self))
        size = UInt64(try reader.integer(UInt32.self))
        nameLength = Int(try reader.integer(UInt16.self))
        extraLength = Int(try reader.integer(UInt16.self))
    }

    /// Takes from the extra field what did not fit into 32 bits. The header's offset is found in the directory only.
    mutating func widen(from extra: ArraySlice<UInt8>, headerOffset: inout UInt64, at place: CheckpointLocation) throws
    {
        let announced = UInt64(UInt32.max)
        guard size == announced || compressedSize == announced || headerOffset == announced else { return }
        guard var wide = try Self.zip64Field(extra, at: place) else {
            throw CheckpointError.zip(.zip64Missing(field: "a size or offset"), at: place)
        }
        func next(_ field: String) throws -> UInt64 {
            guard wide.remaining >= 8 else { throw CheckpointError.zip(.zip64Missing(field: field), at: place) }
            return try wide.integer()
        }
        if size == announced { size = try next("size") }
        if compressedSize == announced { compressedSize = try next("compressed size") }
        if headerOffset == announced { headerOffset = try next("header offset") }
    }

    /// The contents of the extra field with number 1.
    private static func zip64Field(_ extra: ArraySlice<UInt8>, at place: CheckpointLocation) throws -> ByteReader? {
        var reader = ByteReader(extra, at: place)
        while reader.remaining >= 4 {
            let (kind, length): (UInt16, UInt16) = (try reader.integer(), try reader.integer())
            guard Int(length) <= reader.remaining else { throw CheckpointError.zip(.extraField, at: place) }
            let field = try reader.take(Int(length))
            if kind == 1 { return ByteReader(field, at: place) }
        }
        return nil
    }
}
