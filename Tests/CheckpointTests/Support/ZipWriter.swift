import TestSupport

/// Writes zip archives, and lets a test tell a lie in any field.
struct ZipWriter {
    var entries: [Entry] = []
    /// Bytes between the last entry and the directory.
    var gap: [UInt8] = []
    /// Writes the 64-bit end records.
    var isZip64 = false
    /// Changes the closing record.
    var tamperEnd: (inout End) -> Void = { _ in }

    struct Entry {
        var name: String
        /// As it lies in the archive.
        var data: [UInt8]
        var header: Header
        /// Lies that the entry's own header tells.
        var tamperLocal: (inout Header) -> Void = { _ in }
        /// Lies that the directory tells.
        var tamperCentral: (inout Header) -> Void = { _ in }

        /// A stored entry.
        init(_ name: String, _ data: [UInt8]) {
            self.name = name
            self.data = data
            header = Header(name: Array(name.utf8), data: data, size: data.count)
        }

        /// A deflated entry.
        init(_ name: String, deflated: [UInt8], of contents: [UInt8]) {
            self.name = name
            data = deflated
            header = Header(name: Array(name.utf8), data: contents, size: contents.count)
            header.method = 8
            header.compressedSize = UInt32(deflated.count)
        }
    }

    struct Header {
        var name: [UInt8]
        var flags: UInt16 = 0
        var method: UInt16 = 0
        var checksum: UInt32
        var compressedSize: UInt32
        var size: UInt32
        var extra: [UInt8] = []
        /// Where the entry's own header is, when the directory lies about it.
        var offset: UInt32?

        init(name: [UInt8], data: [UInt8], size: Int) {
            self.name = name
            checksum = crc32(data)
            compressedSize = UInt32(size)
            self.size = UInt32(size)
        }

        var fields: [UInt8] {
            joined(
                littleEndian(flags), littleEndian(method), [0, 0, 0, 0], littleEndian(checksum),
                littleEndian(compressedSize), littleEndian(size), littleEndian(UInt16(name.count)),
                littleEndian(UInt16(extra.count)))
        }
    }

    struct End {
        var disk: UInt16 = 0
        var entries: UInt16
        var directorySize: UInt32
        var directoryOffset: UInt32
        var wideEntries: UInt64
        var comment: [UInt8] = []
    }

    var bytes: [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            var (local, central) = (entry.header, entry.header)
            entry.tamperLocal(&local)
            entry.tamperCentral(&central)
            directory += [0x50, 0x4B, 1, 2, 45, 0, 45, 0] + central.fields
            let offset = central.offset ?? UInt32(file.count)
            directory += [UInt8](repeating: 0, count: 10) + littleEndian(offset)
            directory += central.name + central.extra
            file += joined([0x50, 0x4B, 3, 4, 45, 0], local.fields, local.name, local.extra, entry.data)
        }
        file += gap
        var end = End(
            entries: UInt16(entries.count), directorySize: UInt32(directory.count), directoryOffset: UInt32(file.count),
            wideEntries: UInt64(entries.count))
        tamperEnd(&end)
        file += directory
        if isZip64 { file += zip64(end, at: file.count) }
        file += joined([0x50, 0x4B, 5, 6], littleEndian(end.disk), littleEndian(end.disk))
        file += littleEndian(end.entries) + littleEndian(end.entries)
        file += littleEndian(end.directorySize) + littleEndian(end.directoryOffset)
        return file + littleEndian(UInt16(end.comment.count)) + end.comment
    }

    private func zip64(_ end: End, at offset: Int) -> [UInt8] {
        joined(
            [0x50, 0x4B, 6, 6], littleEndian(UInt64(44)), [45, 0, 45, 0], littleEndian(UInt64(0)),
            littleEndian(end.wideEntries), littleEndian(end.wideEntries), littleEndian(UInt64(end.directorySize)),
            littleEndian(UInt64(end.directoryOffset)),
            [0x50, 0x4B, 6, 7], littleEndian(UInt32(0)), littleEndian(UInt64(offset)), littleEndian(UInt32(1)))
    }
}

/// Deflate streams that need no compressor.
enum Deflate {
    /// The bytes in uncompressed blocks.
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count <= Int(UInt16.max))
        let length = UInt16(bytes.count)
        return joined([1], littleEndian(length), littleEndian(~length), bytes)
    }

    /// A zero and `matches` repetitions of 258 zeros, 13 bits each, with the fixed Huffman codes.
    static func zeros(matches: Int) -> [UInt8] {
        var bits: [UInt8] = [1, 1, 0]  // last block, fixed codes
        bits += [0, 0, 1, 1, 0, 0, 0, 0]  // literal 0
        for _ in 0..<matches { bits += [1, 1, 0, 0, 0, 1, 0, 1] + [0, 0, 0, 0, 0] }  // length 258, distance 1
        bits += [0, 0, 0, 0, 0, 0, 0]  // end of block
        bits += [UInt8](repeating: 0, count: (8 - bits.count % 8) % 8)
        return stride(from: 0, to: bits.count, by: 8).map { start in
            (0..<8).reduce(0) { $0 | bits[start + $1] << UInt8($1) }
        }
    }
}
