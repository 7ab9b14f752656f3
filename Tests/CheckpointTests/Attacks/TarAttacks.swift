import Checkpoint
import Testing

/// Tar archives, and the records that PyTorch kept in them. Safety classes 12 and 14.
@Suite struct TarAttacks {
    @Test(arguments: archives + records) func isRefused(_ attack: Attack) { attack.check() }

    static func attack(_ name: String, _ error: CheckpointError, change: (inout TarWriter) -> Void) -> Attack {
        var tar = TinyCheckpoint.tar
        change(&tar)
        return Attack(name, tar.bytes, error)
    }

    static let archives: [Attack] = [
        attack("a wrong checksum", .tar(.checksum(expected: 0o4321, found: 2715), at: place(byte: 0))) {
            $0.members[0].tamper = { $0.replaceSubrange(148..<155, with: Array("004321\0".utf8)) }
        },
        attack(
            "a checksum that is no number",
            .tar(
                .notOctal(field: "checksum", found: "00zz21\\u{0} "), at: place(byte: 0))
        ) {
            $0.members[0].tamper = { $0.replaceSubrange(148..<154, with: Array("00zz21".utf8)) }
        },
        attack("a second member that is none", .tar(.magic(found: "xstar"), at: place(byte: 1024))) {
            $0.members[1].tamper = { $0[257] = UInt8(ascii: "x") }
        },
        attack(
            "a size in no digits",
            .tar(
                .notOctal(field: "size", found: "-0000000001\\u{0}"), at: place(byte: 0))
        ) {
            $0.members[0].size = "-0000000001"
        },
        attack("a size of eight gigabytes", .truncated(expected: 0o77777777777, found: 4608, at: place(byte: 512))) {
            $0.members[0].size = "77777777777"
        },
        attack("a member twice", .tar(.duplicateMember("pickle"), at: place(byte: 4096))) {
            $0.members.append($0.members[1])
        },
        attack("no tensors", .tar(.missingMember("tensors"), at: place())) { $0.members.remove(at: 2) },
        attack("a pickle that is a link", .tar(.notFile(type: 0x32), at: place("pickle"))) {
            $0.members[1].type = UInt8(ascii: "2")
        },
        attack("no end", .tar(.noEnd, at: place(byte: 4096))) { $0.end = [] },
        attack("half an end", .tar(.noEnd, at: place(byte: 4608))) {
            $0.end = [UInt8](repeating: 0, count: 512) + [UInt8](repeating: 1, count: 512)
        },
        attack("data after the end", .tar(.afterEnd, at: place(byte: 4608))) { $0.end.append(1) },
    ]

    /// The tiny archive with other storages, views or tensors.
    private static func record(
        _ name: String, _ error: CheckpointError, storages: [TinyCheckpoint.TarStorage] = [storage],
        views: PythonValue = .list([]), tensors: [TinyCheckpoint.TarTensor] = [tensor],
        object: PythonValue = .training([("t", .persistent(.text("21")))])
    ) -> Attack {
        Attack(
            name, TinyCheckpoint.tar(storages: storages, views: views, tensors: tensors, object: object).bytes, error)
    }

    private static let storage = TinyCheckpoint.TarStorage(
        number: 11, count: 6, data: bytes(TinyCheckpoint.weight))
    private static let tensor = TinyCheckpoint.TarTensor(number: 21, storage: .int(11), shape: [6], strides: [1])
    private static var storageEnd: Int { 8 + 45 + 8 + 24 }

    static let records: [Attack] = [
        record(
            "a storage count of -1",
            .storage(
                .negativeCount(key: "11", found: -1), at: place("storages", byte: 46)),
            storages: [.init(number: 11, count: -1, data: [])]),
        record(
            "a storage count of 2⁶²",
            .storage(
                .sizeOverflow(key: "11", count: 1 << 62, elementSize: 4), at: place("storages", byte: 8)),
            storages: [.init(number: 11, count: 1 << 62, data: [])]),
        record(
            "a storage longer than the archive",
            .truncated(
                expected: 4 << 30, found: 6, at: place("storages", byte: 54)),
            storages: [.init(number: 11, count: 1 << 30, data: [])]),
        record(
            "a storage twice", .tar(.duplicateNumber(11), at: place("storages", byte: 78)),
            storages: [storage, storage]),
        record(
            "a view of nothing", .tar(.unknownNumber(99), at: place("storages", byte: 78)),
            views: .list([.tuple([.int(13), .int(99), .int(0), .int(1)])])),
        record(
            "a view past its storage",
            .storage(
                .viewOutOfRange(key: "11", offset: 6, count: 1, available: 6), at: place("storages", byte: 78)),
            views: .list([.tuple([.int(13), .int(11), .int(6), .int(1)])])),
        record(
            "views that are no list",
            .tar(
                .record(expected: "a list of views", found: "None"), at: place("storages", byte: 78)),
            views: PythonValue.none),
        record(
            "a tensor of nothing", .tar(.unknownNumber(99), at: place("tensors", byte: 8)),
            tensors: [.init(number: 21, storage: .int(99), shape: [6], strides: [1])]),
        record(
            "a tensor without a storage", .storage(.none(elements: 6), at: place(tensor: "t")),
            tensors: [.init(number: 21, storage: .none, shape: [6], strides: [1])]),
        record(
            "a tensor past its storage", .storage(.outOfRange(last: 6, available: 6), at: place(tensor: "t")),
            tensors: [.init(number: 21, storage: .int(11), offset: 1, shape: [6], strides: [1])]),
        record(
            "a tensor of 65 dimensions",
            .overLimit(
                .rank, limit: 64, found: 65, at: place("tensors", byte: 42)),
            tensors: [.init(number: 21, storage: .int(11), shape: .init(repeating: 1, count: 65), strides: [])]),
        record(
            "a tensor twice", .tar(.duplicateNumber(21), at: place("tensors", byte: 74)), tensors: [tensor, tensor]),
        record(
            "a reference to nothing", .tar(.unknownNumber(22), at: place("pickle", byte: 49)),
            object: .training([("t", .persistent(.text("22")))])),
        record(
            "a reference that is no number",
            .pickle(
                .persistentID(expected: "the number of a tensor or storage", found: "a tuple"),
                at: place("pickle", byte: 44)), object: .training([("t", .persistent(.tuple([])))])),
    ]
}
