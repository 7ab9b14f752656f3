import Checkpoint
import TestSupport
import Testing

/// Archives that contradict themselves, hide something, or promise too much. Safety class 12.
@Suite struct ZipAttacks {
    @Test(arguments: all) func isRefused(_ attack: Attack) { attack.check() }

    static func attack(
        _ name: String, _ error: CheckpointError, change: (inout ZipWriter) -> Void
    ) -> Attack {
        var zip = TinyCheckpoint.zip
        change(&zip)
        return Attack(name, zip.bytes, error)
    }

    static func attack(
        _ name: String, in entry: String? = "net/data.pkl", _ fault: ZipFault, change: (inout ZipWriter) -> Void
    ) -> Attack {
        attack(name, .zip(fault, at: place(entry)), change: change)
    }

    static let pickle = TinyCheckpoint.zip.entries[0].data
    static let directoryStart = TinyCheckpoint.zip.bytes.count - 22 - directoryLength
    static let directoryLength = TinyCheckpoint.zip.entries.reduce(0) { $0 + 46 + $1.name.utf8.count }
    static let endsEarly = ZipFault.displaced(
        .directory, expectedEnd: directoryStart + directoryLength, found: directoryStart + directoryLength - 1)

    static let all = lies + names + places + compression + meaning

    static let lies: [Attack] = [
        attack(
            "a local checksum that differs",
            .headersDisagree(field: "CRC-32", directory: UInt64(crc32(pickle)), local: 1)
        ) {
            $0.entries[0].tamperLocal = { $0.checksum = 1 }
        },
        attack(
            "a local size that differs",
            .headersDisagree(
                field: "size", directory: UInt64(pickle.count), local: UInt64(pickle.count - 1))
        ) {
            $0.entries[0].tamperLocal = { $0.size -= 1 }
        },
        attack("a local method that differs", .headersDisagree(field: "method", directory: 0, local: 8)) {
            $0.entries[0].tamperLocal = { $0.method = 8 }
        },
        attack("local flags that differ", .headersDisagree(field: "flags", directory: 0, local: 2048)) {
            $0.entries[0].tamperLocal = { $0.flags = 2048 }
        },
        attack("a local name that differs", .namesDisagree(directory: "net/data.pkl", local: "net/evil.pkl")) {
            $0.entries[0].tamperLocal = { $0.name = Array("net/evil.pkl".utf8) }
        },
        attack("a wrong checksum of the pickle", .checksum(expected: 5, found: crc32(pickle))) {
            $0.entries[0].header.checksum = 5
        },
        attack(
            "a wrong checksum of a storage", in: "net/data/1",
            .checksum(
                expected: 5, found: crc32(bytes(TinyCheckpoint.bias)))
        ) { $0.entries[3].header.checksum = 5 },
        attack("two sizes for a stored entry", .storedSize(compressed: pickle.count, uncompressed: pickle.count + 1)) {
            $0.entries[0].header.size += 1
        },
        attack("an encrypted entry", .encrypted) { $0.entries[0].header.flags = 1 },
        attack("bzip2", .method(found: 12)) { $0.entries[0].header.method = 12 },
        attack("a zip64 size that is not there", .zip64Missing(field: "a size or offset")) {
            $0.entries[0].header.size = .max
        },
        attack("a zip64 field too short", .zip64Missing(field: "size")) {
            $0.entries[0].header.size = .max
            $0.entries[0].header.extra = [1, 0, 4, 0, 0, 0, 0, 0]
        },
        attack("an extra field past its end", .extraField) {
            $0.entries[0].header.size = .max
            $0.entries[0].header.extra = [1, 0, 9, 0, 0, 0, 0, 0]
        },
    ]

    static let names: [Attack] = [
        attack("two pickles of one name", in: nil, .duplicateName("net/data.pkl")) {
            $0.entries.append($0.entries[0])
        },
        unsafeName("a name that climbs out", Array("net/../../etc/passwd".utf8), shown: "net/../../etc/passwd"),
        unsafeName("an absolute name", Array("/net/data.pkl".utf8), shown: "/net/data.pkl"),
        unsafeName("a name of another system", Array("net\\data.pkl".utf8), shown: "net\\data.pkl"),
        unsafeName("a name that is not UTF-8", Array("net/data.pk".utf8) + [0xFF], shown: "net/data.pk\u{FFFD}"),
        unsafeName("a name with a zero byte", Array("net/data.pk".utf8) + [0], shown: "net/data.pk\\u{0}"),
        unsafeName("no name", [], shown: ""),
    ]

    /// The first entry under another name, which its two headers agree on.
    private static func unsafeName(_ what: String, _ name: [UInt8], shown: String) -> Attack {
        // The directory moves with the length of the name in the entry's own header.
        let start = directoryStart + name.count - TinyCheckpoint.zip.entries[0].name.utf8.count
        return attack(what, .zip(.unsafeName(shown), at: place(byte: start))) { $0.entries[0].header.name = name }
    }

    static let places: [Attack] = [
        attack("two entries of the same bytes", in: "net/byteorder", .overlap(with: "net/data.pkl")) { zip in
            // A header inside the first entry's data, which a second entry of the directory points to.
            let entry = zip.entries[1]
            let inner = joined([0x50, 0x4B, 3, 4, 45, 0], entry.header.fields, entry.header.name, entry.data)
            let offset = UInt32(30 + zip.entries[0].name.utf8.count + zip.entries[0].data.count)
            zip.entries[0] = .init(zip.entries[0].name, zip.entries[0].data + inner)
            zip.entries[1].tamperCentral = { $0.offset = offset }
        },
        attack("data past the directory", .outOfBounds(end: UInt64(UInt32.max - 1) + 42, limit: directoryStart)) {
            $0.entries[0].header.compressedSize = .max - 1
            $0.entries[0].header.size = .max - 1
        },
        attack(
            "a header inside the directory",
            .outOfBounds(
                end: UInt64(directoryStart), limit: directoryStart)
        ) {
            $0.entries[0].tamperCentral = { $0.offset = UInt32(directoryStart) }
        },
        attack("a header that is none", .signature(of: .localHeader, found: 0x2D04_034B)) {
            $0.entries[0].tamperCentral = { $0.offset = 1 }
        },
        attack("a directory that starts too early", .zip(endsEarly, at: place())) {
            $0.tamperEnd = { $0.directoryOffset -= 1 }
        },
        attack("a directory that is too short", .zip(endsEarly, at: place())) {
            $0.tamperEnd = { $0.directorySize -= 1 }
        },
        attack(
            "fewer entries than the directory has",
            .zip(
                .directorySize(expected: directoryLength - 46 - "net/version".utf8.count, found: directoryLength),
                at: place(byte: directoryStart))
        ) { $0.tamperEnd = { $0.entries -= 1 } },
        attack(
            "more entries than the directory has",
            .truncated(
                expected: 4, found: 0, at: place(byte: directoryStart + directoryLength))
        ) {
            $0.tamperEnd = { $0.entries += 1 }
        },
        attack(
            "several volumes",
            .zip(
                .severalVolumes, at: place(byte: directoryStart + directoryLength))
        ) { $0.tamperEnd = { $0.disk = 1 } },
        attack(
            "two numbers of entries",
            .zip(
                .zip64Disagrees(field: "number of entries", expected: 6, found: 7),
                at: place(byte: directoryStart + directoryLength + 76))
        ) {
            $0.isZip64 = true
            $0.tamperEnd = { $0.wideEntries = 7 }
        },
        attack("2⁶⁴ - 1 entries", .overLimit(.archiveEntries, limit: 65_536, found: .max, at: place())) {
            $0.isZip64 = true
            $0.tamperEnd = {
                $0.entries = .max
                $0.wideEntries = .max
            }
        },
        Attack(
            "more bytes after the archive than a comment may have",
            TinyCheckpoint.zip.bytes + [UInt8](repeating: 1, count: 65_536), .zip(.noEndRecord, at: place())),
        Attack("a header and nothing else", [0x50, 0x4B, 3, 4], .zip(.noEndRecord, at: place())),
    ]

    static let compression: [Attack] = [
        bomb,
        attack("a deflate bomb that denies it", .inflatedSize(expected: 24, found: 25)) { zip in
            zip.entries[0] = .init("net/data.pkl", deflated: Deflate.zeros(matches: 16_000), of: zip.entries[2].data)
        },
        attack("a size that no deflate reaches", .inflatedSize(expected: 1 << 20, found: 6192)) { zip in
            zip.entries[0] = .init("net/data.pkl", deflated: [3, 0, 0, 0, 0, 0], of: [])
            zip.entries[0].header.size = 1 << 20
        },
        attack("compressed data that end early", .inflatedSize(expected: pickle.count + 1, found: pickle.count)) {
            $0.entries[0] = .init("net/data.pkl", deflated: Deflate.stored(pickle), of: pickle + [0])
        },
        attack("compressed data cut short", .corruptDeflate) {
            $0.entries[0] = .init("net/data.pkl", deflated: Deflate.stored(pickle).dropLast(), of: pickle)
        },
        attack("bytes after the compressed data", .deflateTail(count: 2)) {
            $0.entries[0] = .init("net/data.pkl", deflated: Deflate.stored(pickle) + [0, 0], of: pickle)
        },
        attack("no deflate at all", .corruptDeflate) {
            $0.entries[0] = .init("net/data.pkl", deflated: [7, 7, 7, 7], of: [1, 2, 3])
        },
    ]

    static let meaning: [Attack] = [
        attack("no pickle", in: nil, .pickleEntry(found: [])) { $0.entries.removeFirst() },
        attack("two pickles", in: nil, .pickleEntry(found: ["net/data.pkl", "other/data.pkl"])) {
            $0.entries.append(.init("other/data.pkl", pickle))
        },
        attack("a zip in a zip", in: nil, .pickleEntry(found: [])) {
            $0.entries = [.init("net.zip", TinyCheckpoint.zip.bytes)]
        },
        attack("a big-endian machine's file", in: "net/byteorder", .byteOrder(found: "big")) {
            $0.entries[1] = .init("net/byteorder", Array("big".utf8))
        },
        attack("an empty archive", in: nil, .pickleEntry(found: [])) { $0.entries = [] },
    ]

    /// An entry of four million zeros in less than a hundredth of their size.
    private static var bomb: Attack {
        var zip = TinyCheckpoint.zip
        let matches = 16_000
        var entry = ZipWriter.Entry("net/bomb", deflated: Deflate.zeros(matches: matches), of: [])
        entry.header.size = UInt32(1 + 258 * matches)
        zip.entries.append(entry)
        let bytes = zip.bytes
        return Attack(
            "a deflate bomb that admits it", bytes,
            .overLimit(.inflatedBytes, limit: 64 * bytes.count, found: 1 + 258 * matches, at: place("net/bomb")))
    }
}
