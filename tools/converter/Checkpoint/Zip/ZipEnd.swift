/// The records that close a zip archive and say where its directory is.
struct ZipEnd {
    /// Entries in the directory.
    private(set) var entries: UInt64
    /// Bytes of the directory.
    private(set) var directorySize: UInt64
    /// Where the directory starts.
    private(set) var directoryOffset: UInt64
    /// Where the directory has to end: at the first of the closing records.
    private(set) var directoryLimit: Int

    private static let recordLength = 22
    private static let locatorLength = 20

    /// Finds the closing record, which with its comment fills the rest of the file, or else the last one in the reach of a
    /// comment: PyTorch reads archives that something was appended to.
    static func find(in bytes: ArraySlice<UInt8>, at place: CheckpointLocation) throws -> ZipEnd {
        let last = bytes.count - recordLength
        var lastSignature: Int?
        // Zeros after the end, to which some storage pads files, are no part of the archive.
        let end = (bytes.lastIndex { $0 != 0 } ?? bytes.startIndex) - bytes.startIndex + 1
        for offset in stride(from: min(last, end), through: max(0, end - recordLength), by: -1) where end < bytes.count
        {
            let start = bytes.startIndex + offset
            guard offset + recordLength <= bytes.count, bytes[start..<(start + 4)].elementsEqual([0x50, 0x4B, 5, 6]),
                bytes[start + 20] == 0, bytes[start + 21] == 0
            else { continue }
            return try ZipEnd(bytes, at: place, offset)
        }
        for offset in stride(from: last, through: max(0, last - Int(UInt16.max)), by: -1) {
            let start = bytes.startIndex + offset
            guard bytes[start] == 0x50, bytes[start..<(start + 4)].elementsEqual([0x50, 0x4B, 5, 6]) else { continue }
            let comment = Int(bytes[start + 20]) | Int(bytes[start + 21]) << 8
            if offset + recordLength + comment == bytes.count { return try ZipEnd(bytes, at: place, offset) }
            lastSignature = lastSignature ?? offset
        }
        if let lastSignature { return try ZipEnd(bytes, at: place, lastSignature) }
        if bytes.count - end > 4096 {
            throw CheckpointError.unknownContainer(
                found: "a zip file whose last \(bytes.count - end) bytes are zeros, as an interrupted download leaves: "
                    + "download it again", at: place)
        }
        throw CheckpointError.zip(.noEndRecord, at: place)
    }

    private init(_ bytes: ArraySlice<UInt8>, at place: CheckpointLocation, _ offset: Int) throws {
        var reader = ByteReader(bytes.dropFirst(offset + 4), at: place, origin: offset + 4)
        let disks: [UInt16] = [try reader.integer(), try reader.integer()]
        let entriesHere: UInt16 = try reader.integer()
        let entries16: UInt16 = try reader.integer()
        let size32: UInt32 = try reader.integer()
        let offset32: UInt32 = try reader.integer()
        entries = UInt64(entries16)
        directorySize = UInt64(size32)
        directoryOffset = UInt64(offset32)
        directoryLimit = offset

        guard let wide = try Zip64End(bytes, at: place, before: offset) else {
            guard disks == [0, 0], entriesHere == entries16 else {
                throw CheckpointError.zip(.severalVolumes, at: place.byte(offset))
            }
            return
        }
        // A field of all ones stands for "see the 64-bit record"; any other value has to be the same there.
        func merge(_ field: String, _ narrow: UInt64, _ ones: UInt64, _ wide: UInt64) throws -> UInt64 {
            guard narrow == ones || narrow == wide else {
                throw CheckpointError.zip(
                    .zip64Disagrees(field: field, expected: narrow, found: wide), at: place.byte(offset))
            }
            return wide
        }
        entries = try merge("number of entries", entries, UInt64(UInt16.max), wide.entries)
        directorySize = try merge("directory size", directorySize, UInt64(UInt32.max), wide.directorySize)
        directoryOffset = try merge("directory offset", directoryOffset, UInt64(UInt32.max), wide.directoryOffset)
        directoryLimit = wide.start
    }

    /// The 64-bit record, found through a locator right before the closing record.
    private struct Zip64End {
        let start: Int
        let entries: UInt64
        let directorySize: UInt64
        let directoryOffset: UInt64

        init?(_ bytes: ArraySlice<UInt8>, at place: CheckpointLocation, before end: Int) throws {
            let locatorStart = end - locatorLength
            guard locatorStart >= 0 else { return nil }
            var locator = ByteReader(
                bytes.dropFirst(locatorStart).prefix(locatorLength), at: place, origin: locatorStart)
            guard try locator.integer(UInt32.self) == 0x0706_4B50 else { return nil }
            let (disk, recordOffset, disks): (UInt32, UInt64, UInt32) =
                (try locator.integer(), try locator.integer(), try locator.integer())
            guard disk == 0, disks <= 1 else {
                throw CheckpointError.zip(.severalVolumes, at: place.byte(locatorStart))
            }
            guard recordOffset < UInt64(locatorStart) else {
                throw CheckpointError.zip(
                    .displaced(.zip64End, expectedEnd: locatorStart, found: Int(clamping: recordOffset)), at: place)
            }
            start = Int(recordOffset)
            let here = place.byte(start)
            var record = ByteReader(bytes.dropFirst(start).prefix(locatorStart - start), at: place, origin: start)
            let signature: UInt32 = try record.integer()
            guard signature == 0x0606_4B50 else {
                throw CheckpointError.zip(.signature(of: .zip64End, found: signature), at: here)
            }
            let length: UInt64 = try record.integer()
            guard length == UInt64(record.remaining) else {
                throw CheckpointError.zip(
                    .displaced(
                        .zip64End, expectedEnd: locatorStart,
                        found: start + 12 + min(Int(clamping: length), bytes.count)),
                    at: here)
            }
            _ = try record.take(4)  // versions
            let (diskHere, diskOfDirectory): (UInt32, UInt32) = (try record.integer(), try record.integer())
            let entriesHere: UInt64 = try record.integer()
            entries = try record.integer()
            directorySize = try record.integer()
            directoryOffset = try record.integer()
            guard diskHere == 0, diskOfDirectory == 0, entriesHere == entries else {
                throw CheckpointError.zip(.severalVolumes, at: here)
            }
        }
    }
}
