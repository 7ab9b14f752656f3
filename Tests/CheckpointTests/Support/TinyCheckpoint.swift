import Checkpoint
import Foundations

/// A network of three tensors, small enough to be cut at every byte, in each of the four containers.
enum TinyCheckpoint {
    static let weight: [Float] = [1, 2, 3, 4, 5, 6]
    static let bias: [Float] = [-0.5, 0.25]
    static let index: [Int64] = [2, 0, 1]

    /// All four, by container.
    static let all: [(container: Checkpoint.Container, bytes: [UInt8])] = [
        (.zip, zip.bytes), (.stackedPickles, stacked.bytes), (.tar, tar.bytes), (.safetensors, safetensors()),
    ]

    /// A zip archive as PyTorch 1.6 and later write it.
    static var zip: ZipWriter {
        zip(
            .training([
                ("module.weight", .tensor(.storage(key: "0", count: 6), shape: [2, 3], strides: [3, 1])),
                ("module.bias", .tensor(.storage(key: "1", count: 2), shape: [2], strides: [1])),
                ("module.index", .tensor(.storage("LongStorage", key: "2", count: 3), shape: [3], strides: [1])),
            ]))
    }

    /// A zip archive of this object and the storages of the three tensors.
    static func zip(_ object: PythonValue) -> ZipWriter { zip(pickle: object.pickle) }

    /// A zip archive of this pickle and the storages of the three tensors.
    static func zip(pickle: [UInt8]) -> ZipWriter {
        ZipWriter(entries: [
            .init("net/data.pkl", pickle), .init("net/byteorder", Array("little".utf8)),
            .init("net/data/0", CheckpointTests.bytes(weight)), .init("net/data/1", CheckpointTests.bytes(bias)),
            .init("net/data/2", CheckpointTests.bytes(index)), .init("net/version", Array("3\n".utf8)),
        ])
    }

    /// Stacked pickles as PyTorch 0.4 to 1.5 write them; the bias is a view into the weight's storage, as 0.3 had it.
    static var stacked: StackedWriter {
        StackedWriter(
            object: .training([
                ("module.weight", .tensor(.stackedStorage(key: "71", count: 8), shape: [2, 3], strides: [3, 1])),
                (
                    "module.bias",
                    .tensor(
                        .stackedStorage(key: "71", count: 8, view: .tuple([.text("72"), .int(6), .int(2)])),
                        shape: [2], strides: [1])
                ),
                (
                    "module.index",
                    .tensor(.stackedStorage("LongStorage", key: "73", count: 3), shape: [3], strides: [1])
                ),
            ]),
            storages: [
                .init(key: "71", count: 8, data: CheckpointTests.bytes(weight + bias)),
                .init(key: "73", count: 3, data: CheckpointTests.bytes(index)),
            ])
    }

    /// A tar archive as PyTorch before 0.1.10 wrote it; the bias lies in a storage within the weight's.
    static var tar: TarWriter {
        tar(
            storages: [
                .init(number: 11, count: 8, data: CheckpointTests.bytes(weight + bias)),
                .init(number: 12, type: "LongStorage", count: 3, data: CheckpointTests.bytes(index)),
            ],
            views: .list([.tuple([.int(13), .int(11), .int(6), .int(2)])]),
            tensors: [
                .init(number: 21, storage: .int(11), shape: [2, 3], strides: [3, 1]),
                .init(number: 22, storage: .int(13), shape: [2], strides: [1]),
                .init(number: 23, storage: .int(12), type: "LongTensor", shape: [3], strides: [1]),
            ],
            object: .training([
                ("module.weight", .persistent(.text("21"))), ("module.bias", .persistent(.text("22"))),
                ("module.index", .persistent(.text("23"))),
            ]))
    }

    struct TarStorage: Sendable {
        var number: Int
        var type = "FloatStorage"
        var count: Int64
        var data: [UInt8]
    }

    struct TarTensor: Sendable {
        var number: Int
        var storage: PythonValue
        var type = "FloatTensor"
        var offset = 0
        var shape: [Int]
        var strides: [Int]
    }

    static func tar(
        storages: [TarStorage], views: PythonValue, tensors: [TarTensor], object: PythonValue
    ) -> TarWriter {
        var storageMember = PythonValue.int(storages.count).pickle
        for storage in storages {
            let record: [PythonValue] = [.int(storage.number), .text("cpu"), .global("torch", storage.type)]
            storageMember += PythonValue.tuple(record).pickle + littleEndian(storage.count) + storage.data
        }
        storageMember += views.pickle
        var tensorMember = PythonValue.int(tensors.count).pickle
        for tensor in tensors {
            let record: [PythonValue] = [.int(tensor.number), tensor.storage, .global("torch", tensor.type)]
            tensorMember += PythonValue.tuple(record).pickle
            tensorMember += littleEndian(Int32(tensor.shape.count)) + [0, 0, 0, 0]
            tensorMember += (tensor.shape + tensor.strides + [tensor.offset]).flatMap { littleEndian(Int64($0)) }
        }
        return TarWriter(members: [
            .init("sys_info", PythonValue.dict([(.text("little_endian"), .bool(true))]).pickle),
            .init("pickle", object.pickle), .init("tensors", tensorMember), .init("storages", storageMember),
        ])
    }

    /// A safetensors file of this header, or of the three tensors' own.
    static func safetensors(
        header: String = """
        {"__metadata__":{"format":"pt"},\
        "weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},\
        "bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},\
        "index":{"dtype":"I64","shape":[3],"data_offsets":[32,56]}}
        """,
        length: UInt64? = nil,
        data: [UInt8] = CheckpointTests.bytes(weight) + CheckpointTests.bytes(bias) + CheckpointTests.bytes(index)
    ) -> [UInt8] {
        joined(littleEndian(length ?? UInt64(header.utf8.count)), Array(header.utf8), data)
    }
}

/// Writes PyTorch's stacked pickles.
struct StackedWriter {
    var magic = PythonValue.opcodes([0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19])
    var version = PythonValue.int(1001)
    var system = PythonValue.dict([(.text("protocol_version"), .int(1001)), (.text("little_endian"), .bool(true))])
    var object: PythonValue
    var storages: [Storage]
    /// The list of keys, when it is to differ from the storages'.
    var keys: PythonValue?

    struct Storage {
        var key: String
        var count: Int64
        var data: [UInt8]
    }

    var bytes: [UInt8] {
        let keys = keys ?? .list(storages.map { .text($0.key) })
        let objects: [PythonValue] = [magic, version, system, object, keys]
        let contents: [[UInt8]] = storages.map { littleEndian($0.count) + $0.data }
        return objects.flatMap(\.pickle) + contents.flatMap { $0 }
    }
}
