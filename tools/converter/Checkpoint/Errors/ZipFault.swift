/// What is wrong with a zip archive, or with what PyTorch keeps in it.
public enum ZipFault: Equatable, Sendable {
    /// No end-of-central-directory record closes the file.
    case noEndRecord
    /// A record does not begin with its signature.
    case signature(of: Record, found: UInt32)
    /// The archive is one of several volumes.
    case severalVolumes
    /// A record or the directory does not end where the next one starts.
    case displaced(Record, expectedEnd: Int, found: Int)
    /// The directory's records do not fill it.
    case directorySize(expected: Int, found: Int)
    /// The two ends of the directory, of 32 and of 64 bits, disagree.
    case zip64Disagrees(field: String, expected: UInt64, found: UInt64)
    /// A 64-bit field is announced and absent.
    case zip64Missing(field: String)
    /// An extra field is longer than the space for it.
    case extraField
    /// The entry is encrypted.
    case encrypted
    /// The entry is compressed by something other than deflate.
    case method(found: Int)
    /// A name that is absolute, climbs out of the archive, or is not UTF-8.
    case unsafeName(String)
    /// Two entries have one name.
    case duplicateName(String)
    /// An entry's own header and the directory disagree.
    case headersDisagree(field: String, directory: UInt64, local: UInt64)
    /// An entry's own header has another name than the directory.
    case namesDisagree(directory: String, local: String)
    /// Two entries share bytes.
    case overlap(with: String)
    /// An entry reaches into the directory or past the file.
    case outOfBounds(end: UInt64, limit: Int)
    /// A stored entry whose two sizes differ.
    case storedSize(compressed: Int, uncompressed: Int)
    /// The checksum is not that of the data.
    case checksum(expected: UInt32, found: UInt32)
    /// Compressed data that zlib refuses.
    case corruptDeflate
    /// Compressed data that expand to more or less than the directory says. `found` stops one above `expected`.
    case inflatedSize(expected: Int, found: Int)
    /// Bytes left after the end of the compressed data.
    case deflateTail(count: Int)
    /// No entry, or several, can be PyTorch's `data.pkl`.
    case pickleEntry(found: [String])
    /// The `byteorder` entry says something other than `little`.
    case byteOrder(found: String)

    /// The records of a zip archive.
    public enum Record: String, Sendable {
        /// One for each entry, in the directory.
        case directoryEntry = "directory entry"
        /// The whole directory.
        case directory = "central directory"
        /// Before each entry's data.
        case localHeader = "local header"
        /// The 64-bit end of the directory.
        case zip64End = "zip64 end of the directory"
    }
}

extension ZipFault: CustomStringConvertible {
    /// What was expected and what was found.
    public var description: String {
        switch self {
        case .noEndRecord: "zip: expected an end-of-central-directory record, found none (is the file cut short?)"
        case .signature(let record, let found):
            "zip: expected a \(record.rawValue), found 0x\(String(found, radix: 16))"
        case .severalVolumes: "zip: expected one volume, found a part of several"
        case .displaced(let record, let expected, let found):
            "zip: expected the \(record.rawValue) to end at byte \(expected), found \(found)"
        case .directorySize(let expected, let found):
            "zip: expected a central directory of \(expected) bytes, found \(found)"
        case .zip64Disagrees(let field, let expected, let found):
            "zip: \(field) is \(expected) in the end record and \(found) in the zip64 record"
        case .zip64Missing(let field): "zip: \(field) is announced in a zip64 field and absent"
        case .extraField: "zip: an extra field is longer than the space for it"
        case .encrypted: "zip: expected plain data, found encrypted"
        case .method(let found): "zip: expected compression method 0 or 8, found \(found)"
        case .unsafeName(let name): "zip: unsafe entry name \"\(printable(name))\""
        case .duplicateName(let name): "zip: two entries named \"\(printable(name))\""
        case .headersDisagree(let field, let directory, let local):
            "zip: \(field) is \(directory) in the directory and \(local) in the entry's header"
        case .namesDisagree(let directory, let local):
            "zip: named \"\(printable(directory))\" in the directory and \"\(printable(local))\" in its own header"
        case .overlap(let other): "zip: shares bytes with \"\(printable(other))\""
        case .outOfBounds(let end, let limit): "zip: ends at byte \(end), expected at most \(limit)"
        case .storedSize(let compressed, let uncompressed):
            "zip: stored, but \(compressed) bytes for \(uncompressed)"
        case .checksum(let expected, let found):
            "zip: expected CRC-32 \(String(expected, radix: 16)), found \(String(found, radix: 16))"
        case .corruptDeflate: "zip: the compressed data are corrupt"
        case .inflatedSize(let expected, let found) where found > expected:
            "zip: expected \(expected) bytes when expanded, found more"
        case .inflatedSize(let expected, let found):
            "zip: expected \(expected) bytes when expanded, found \(found)"
        case .deflateTail(let count): "zip: \(count) bytes after the end of the compressed data"
        case .pickleEntry(let found) where found.isEmpty:
            "zip: expected NAME/data.pkl, found none: not a PyTorch checkpoint"
        case .pickleEntry(let found):
            "zip: expected one NAME/data.pkl, found \(found.prefix(4).map { printable($0) }.joined(separator: ", "))"
        case .byteOrder(let found): "zip: expected byte order little, found \(printable(found))"
        }
    }
}
