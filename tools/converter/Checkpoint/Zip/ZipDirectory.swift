/// Reads the central directory, and each entry's own header beside it.
struct ZipDirectory {
    private let bytes: ArraySlice<UInt8>
    private let place: CheckpointLocation
    private let limits: CheckpointLimits
    /// Where the directory lies.
    private let extent: Range<Int>
    private let count: Int

    init(_ bytes: ArraySlice<UInt8>, at place: CheckpointLocation, limits: CheckpointLimits) throws {
        self.bytes = bytes
        self.place = place
        self.limits = limits
        let end = try ZipEnd.find(in: bytes, at: place)
        guard let count = Int(exactly: end.entries), count <= limits.archiveEntries else {
            throw CheckpointError.overLimit(
                .archiveEntries, limit: limits.archiveEntries, found: Int(clamping: end.entries), at: place)
        }
        let (directoryEnd, overflow) = end.directoryOffset.addingReportingOverflow(end.directorySize)
        guard !overflow, directoryEnd == end.directoryLimit else {
            throw CheckpointError.zip(
                .displaced(
                    .directory, expectedEnd: end.directoryLimit, found: overflow ? .max : Int(clamping: directoryEnd)),
                at: place)
        }
        self.count = count
        extent = Int(end.directoryOffset)..<end.directoryLimit
    }

    /// The entries in the directory's order, each as both of its headers describe it.
    func entries() throws -> [ZipEntry] {
        var entries: [ZipEntry] = []
        var reader = ByteReader(slice(extent), at: place, origin: extent.lowerBound)
        for _ in 0..<count { entries.append(try entry(&reader)) }
        guard reader.remaining == 0 else {
            throw CheckpointError.zip(
                .directorySize(expected: reader.offset, found: extent.count), at: place.byte(extent.lowerBound))
        }
        return entries
    }

    private func entry(_ reader: inout ByteReader) throws -> ZipEntry {
        let start = reader.here
        let signature: UInt32 = try reader.integer()
        guard signature == 0x0201_4B50 else {
            throw CheckpointError.zip(.signature(of: .directoryEntry, found: signature), at: start)
        }
        _ = try reader.take(4)  // versions
        var header = try ZipHeader(&reader)
        let commentLength = Int(try reader.integer(UInt16.self))
        let disk: UInt16 = try reader.integer()
        _ = try reader.take(6)  // attributes
        var headerOffset = UInt64(try reader.integer(UInt32.self))
        let name = try safeName(try reader.take(header.nameLength), at: start)
        let here = place.entry(name)
        try header.widen(from: try reader.take(header.extraLength), headerOffset: &headerOffset, at: here)
        _ = try reader.take(commentLength)

        guard disk == 0 else { throw CheckpointError.zip(.severalVolumes, at: here) }
        guard !header.isEncrypted else { throw CheckpointError.zip(.encrypted, at: here) }
        guard let method = ZipEntry.Method(rawValue: header.method) else {
            throw CheckpointError.zip(.method(found: Int(header.method)), at: here)
        }
        guard headerOffset < UInt64(extent.lowerBound) else { throw outOfBounds(headerOffset, here) }
        return try withLocalHeader(name, header, method, Int(headerOffset))
    }

    private func withLocalHeader(
        _ name: String, _ header: ZipHeader, _ method: ZipEntry.Method, _ headerOffset: Int
    ) throws -> ZipEntry {
        let here = place.entry(name)
        var reader = ByteReader(slice(headerOffset..<extent.lowerBound), at: here)
        let signature: UInt32 = try reader.integer()
        guard signature == 0x0403_4B50 else {
            throw CheckpointError.zip(.signature(of: .localHeader, found: signature), at: here)
        }
        _ = try reader.take(2)  // version
        var local = try ZipHeader(&reader)
        let localName = try reader.take(local.nameLength)
        var noOffset: UInt64 = 0
        try local.widen(from: try reader.take(local.extraLength), headerOffset: &noOffset, at: here)

        guard localName.elementsEqual(name.utf8) else {
            throw CheckpointError.zip(.namesDisagree(directory: name, local: printable(localName)), at: here)
        }
        try compare(header, local, here)

        let start = headerOffset + reader.offset
        let (end, overflow) = UInt64(start).addingReportingOverflow(header.compressedSize)
        guard !overflow, end <= UInt64(extent.lowerBound) else { throw outOfBounds(overflow ? .max : end, here) }
        let compressedSize = Int(header.compressedSize)
        let size = Int(clamping: header.size)
        guard method != .stored || header.size == header.compressedSize else {
            throw CheckpointError.zip(.storedSize(compressed: compressedSize, uncompressed: size), at: here)
        }
        return ZipEntry(
            name: name, method: method, checksum: header.checksum, compressedSize: compressedSize, size: size,
            headerOffset: headerOffset, data: start..<Int(end))
    }

    private func compare(_ directory: ZipHeader, _ local: ZipHeader, _ here: CheckpointLocation) throws {
        func compare(_ field: String, _ directory: some BinaryInteger, _ local: some BinaryInteger) throws {
            guard directory == local else {
                throw CheckpointError.zip(
                    .headersDisagree(field: field, directory: UInt64(directory), local: UInt64(local)), at: here)
            }
        }
        try compare("flags", directory.flags, local.flags)
        try compare("method", directory.method, local.method)
        // Where they follow the data, writers leave them zero in the entry's own header.
        func deferred(_ value: some BinaryInteger) -> Bool { local.hasDescriptor && value == 0 }
        if !deferred(local.checksum) { try compare("CRC-32", directory.checksum, local.checksum) }
        if !deferred(local.compressedSize) {
            try compare("compressed size", directory.compressedSize, local.compressedSize)
        }
        if !deferred(local.size) { try compare("size", directory.size, local.size) }
    }

    /// A name that stays inside the archive. Nothing is ever written under it; it is a sign of what the file is.
    private func safeName(_ bytes: ArraySlice<UInt8>, at place: CheckpointLocation) throws -> String {
        guard bytes.count <= limits.nameBytes else {
            throw CheckpointError.overLimit(.nameBytes, limit: limits.nameBytes, found: bytes.count, at: place)
        }
        let slash = UInt8(ascii: "/")
        guard let name = bytes.utf8Text, !bytes.isEmpty, bytes.first != slash,
            !bytes.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") }),
            !bytes.split(separator: slash).contains(where: { $0.equals("..") })
        else { throw CheckpointError.zip(.unsafeName(printable(bytes)), at: place) }
        return name
    }

    private func outOfBounds(_ end: UInt64, _ here: CheckpointLocation) -> CheckpointError {
        .zip(.outOfBounds(end: end, limit: extent.lowerBound), at: here)
    }

    private func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
        bytes[(bytes.startIndex + range.lowerBound)..<(bytes.startIndex + range.upperBound)]
    }
}
