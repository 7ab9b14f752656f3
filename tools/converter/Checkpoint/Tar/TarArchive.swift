/// The members of a tar archive.
///
/// Source: POSIX.1-2001 `pax`, the `ustar` format. Extended headers are stepped over, since the members that matter
/// here have short names and sizes that fit.
struct TarArchive {
    private let members: [String: Member]
    private let place: CheckpointLocation

    private struct Member {
        let type: UInt8
        let data: ArraySlice<UInt8>
    }

    private static let block = 512

    init(_ bytes: ArraySlice<UInt8>, at place: CheckpointLocation, limits: CheckpointLimits) throws {
        self.place = place
        var members: [String: Member] = [:]
        var reader = ByteReader(bytes, at: place)
        while true {
            guard reader.remaining > 0 else { throw CheckpointError.tar(.noEnd, at: reader.here) }
            let start = reader.here
            let header = try reader.take(Self.block)
            if header.allSatisfy({ $0 == 0 }) { break }
            let (name, type, size) = try Self.parse(header, at: start, limits)
            let data = try reader.take(size)
            _ = try reader.take((Self.block - size % Self.block) % Self.block)

            let isExtendedHeader = type == UInt8(ascii: "x") || type == UInt8(ascii: "g")
            if isExtendedHeader { continue }
            guard members.updateValue(Member(type: type, data: data), forKey: name) == nil else {
                throw CheckpointError.tar(.duplicateMember(name), at: start)
            }
            guard members.count <= limits.archiveEntries else {
                throw CheckpointError.overLimit(
                    .archiveEntries, limit: limits.archiveEntries, found: members.count, at: start)
            }
        }
        let end = reader.here
        guard try reader.take(Self.block).allSatisfy({ $0 == 0 }) else {
            throw CheckpointError.tar(.noEnd, at: end)
        }
        guard try reader.take(reader.remaining).allSatisfy({ $0 == 0 }) else {
            throw CheckpointError.tar(.afterEnd, at: end)
        }
        self.members = members
    }

    /// The data of the member of this name; `nil` where there is none.
    func file(_ name: String) throws -> ByteReader? {
        guard let member = members[name] ?? members["./\(name)"] else { return nil }
        guard member.type == UInt8(ascii: "0") || member.type == 0 else {
            throw CheckpointError.tar(.notFile(type: member.type), at: place.entry(name))
        }
        return ByteReader(member.data, at: place.entry(name))
    }

    /// The data of the member of this name.
    func requiredFile(_ name: String) throws -> ByteReader {
        guard let file = try file(name) else { throw CheckpointError.tar(.missingMember(name), at: place) }
        return file
    }

    private static func parse(
        _ header: ArraySlice<UInt8>, at place: CheckpointLocation, _ limits: CheckpointLimits
    ) throws -> (name: String, type: UInt8, size: Int) {
        func field(_ offset: Int, _ length: Int) -> ArraySlice<UInt8> { header.dropFirst(offset).prefix(length) }
        guard field(257, 5).equals("ustar") else {
            throw CheckpointError.tar(.magic(found: printable(field(257, 5))), at: place)
        }
        // The checksum is taken with its own field as spaces.
        let expected = try octal(field(148, 8), "checksum", place)
        let found =
            header.reduce(0) { $0 + Int($1) } - field(148, 8).reduce(0) { $0 + Int($1) } + 8 * Int(UInt8(ascii: " "))
        guard found == expected else {
            throw CheckpointError.tar(.checksum(expected: expected, found: found), at: place)
        }
        let name = try field(0, 100).prefix { $0 != 0 }.name(limits: limits, at: place)
        return (name, header[header.startIndex + 156], try octal(field(124, 12), "size", place))
    }

    private static func octal(_ field: ArraySlice<UInt8>, _ name: String, _ place: CheckpointLocation) throws -> Int {
        let digits = field.drop { $0 == UInt8(ascii: " ") }.prefix { $0 != 0 && $0 != UInt8(ascii: " ") }
        guard let value = Int(String(decoding: digits, as: UTF8.self), radix: 8), value >= 0 else {
            throw CheckpointError.tar(.notOctal(field: name, found: printable(field)), at: place)
        }
        return value
    }
}
