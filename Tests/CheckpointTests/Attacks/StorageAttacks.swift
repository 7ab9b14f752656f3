import Checkpoint
import Testing

/// Tensors that reach outside their storages, and storages that are not what they are said to be. Safety classes 3, 4,
/// 5 and 14.
@Suite struct StorageAttacks {
    /// A large file of zeros whose tensors have stride 0, or lie over each other, promises no more than it holds twice.
    @Test(arguments: [[0, 0], [1, 1]]) func repeatedElementsCountAtTheirExpandedSize(strides: [Int]) {
        let count = 1 << 20
        var zip = TinyCheckpoint.zip(
            .training([
                ("a", .tensor(.storage(key: "0", count: count), shape: [1 << 10, 1 << 10], strides: strides)),
                ("b", .tensor(.storage(key: "0", count: count), shape: [1 << 10, 1 << 11], strides: strides)),
            ]))
        zip.entries[2] = .init("net/data/0", [UInt8](repeating: 0, count: 4 * count))
        #expect(
            throws: CheckpointError.overLimit(
                .expandedBytes, limit: 8 * count, found: 12 * count, at: place(tensor: "b"))
        ) { try Checkpoint.load(bytes: zip.bytes, name: fileName) }
    }

    @Test(arguments: geometry + zipStorages + stackedStorages + expansions) func isRefused(_ attack: Attack) {
        attack.check()
    }

    /// The error for a fault of the tensor `t`.
    static func error(_ fault: StorageFault) -> CheckpointError { .storage(fault, at: place(tensor: "t")) }

    /// A tensor of the six floats of storage 0.
    static func geometry(
        _ name: String, offset: Int = 0, shape: [Int], strides: [Int], _ error: CheckpointError
    ) -> Attack {
        let tensor = PythonValue.tensor(.storage(key: "0", count: 6), offset: offset, shape: shape, strides: strides)
        return Attack(name, TinyCheckpoint.zip(.training([("t", tensor)])).bytes, error)
    }

    static let geometry: [Attack] = [
        geometry("one element too many", shape: [7], strides: [1], error(.outOfRange(last: 6, available: 6))),
        geometry(
            "an offset of one too many", offset: 1, shape: [6], strides: [1],
            error(
                .outOfRange(last: 6, available: 6))),
        geometry("an offset at the end", offset: 6, shape: [], strides: [], error(.outOfRange(last: 6, available: 6))),
        geometry("a stride too long", shape: [2, 3], strides: [4, 1], error(.outOfRange(last: 6, available: 6))),
        geometry(
            "an offset below zero", offset: -1, shape: [2], strides: [1],
            error(
                .negativeStride(offset: -1, strides: [1]))),
        geometry(
            "a stride below zero", offset: 5, shape: [6], strides: [-1],
            error(
                .negativeStride(offset: 5, strides: [-1]))),
        geometry(
            "a dimension below zero", shape: [-1, 2], strides: [1, 1], error(.negativeDimension(shape: [-1, 2]))),
        geometry(
            "fewer strides than dimensions", shape: [2, 3], strides: [1],
            error(
                .strideCount(shape: [2, 3], strides: [1]))),
        geometry(
            "a shape beyond 64 bits", shape: [1 << 32, 1 << 32], strides: [0, 0],
            error(
                .shapeOverflow(shape: [1 << 32, 1 << 32], strides: [0, 0]))),
        geometry(
            "strides beyond 64 bits", shape: [3, 2], strides: [.max, 1],
            error(
                .shapeOverflow(shape: [3, 2], strides: [.max, 1]))),
        geometry(
            "an offset that overflows", offset: .max, shape: [2], strides: [1],
            error(
                .shapeOverflow(shape: [2], strides: [1]))),
        geometry(
            "five dimensions", shape: [1, 1, 1, 1, 1], strides: [1, 1, 1, 1, 1],
            .overLimit(
                .rank, limit: 4, found: 5, at: place(tensor: "t"))),
        geometry(
            "a terabyte out of one element", shape: [1 << 38], strides: [0],
            .overLimit(
                .expandedBytes, limit: 1 << 20, found: 1 << 40, at: place(tensor: "t"))),
        geometry(
            "eight exabytes out of one element", shape: [1 << 62], strides: [0],
            .overLimit(
                .expandedBytes, limit: 1 << 20, found: .max, at: place(tensor: "t"))),
    ]

    /// A byte becomes a number of four; one that is compressed becomes many.
    static var expansions: [Attack] {
        func error(_ elements: Int) -> CheckpointError {
            .overLimit(.expandedBytes, limit: 1 << 20, found: 4 * elements, at: place(tensor: "t"))
        }
        func tensor(_ count: Int, of elements: Int, stride: Int) -> PythonValue {
            let storage = PythonValue.storage("ByteStorage", key: "0", count: count)
            return .training([("t", .tensor(storage, shape: [elements], strides: [stride]))])
        }
        let matches = 2000
        let count = 1 + 258 * matches
        var compressed = TinyCheckpoint.zip(tensor(count, of: count, stride: 1))
        compressed.entries[2] = ZipWriter.Entry(
            "net/data/0", deflated: Deflate.zeros(matches: matches), of: [UInt8](repeating: 0, count: count))
        return [
            Attack("bytes out of one", TinyCheckpoint.zip(tensor(24, of: 300_000, stride: 0)).bytes, error(300_000)),
            Attack("bytes out of a compressed storage", compressed.bytes, error(count)),
        ]
    }

    /// Booleans that are there take four times their file as numbers.
    @Test func plainBytesAreTaken() throws {
        let count = 300_000
        let header = SafetensorsAttacks.tensor("BOOL", "[\(count)]", "[0,\(count)]")
        let bytes = TinyCheckpoint.safetensors(header: header, data: [UInt8](repeating: 1, count: count))
        #expect(try #require(try load(bytes)["a"]).floats().allSatisfy { $0 == 1 })
    }

    static func zip(_ name: String, _ storage: PythonValue, _ error: CheckpointError) -> Attack {
        let tensor = PythonValue.tensor(storage, shape: [2], strides: [1])
        return Attack(name, TinyCheckpoint.zip(.training([("t", tensor)])).bytes, error)
    }

    static let zipStorages: [Attack] = [
        zip("a storage that is not there", .storage(key: "9", count: 6), error(.missing(key: "9"))),
        zip("a key that climbs", .storage(key: "../data.pkl", count: 6), error(.missing(key: "../data.pkl"))),
        zip("a count too small", .storage(key: "0", count: 5), error(.byteCount(key: "0", expected: 20, found: 24))),
        zip("a count too large", .storage(key: "0", count: 7), error(.byteCount(key: "0", expected: 28, found: 24))),
        zip(
            "another type's size", .storage("DoubleStorage", key: "0", count: 6),
            error(
                .byteCount(key: "0", expected: 48, found: 24))),
        zip(
            "a count of 2⁶³ - 1", .storage(key: "0", count: .max),
            error(
                .sizeOverflow(key: "0", count: .max, elementSize: 4))),
        zip(
            "a count below zero", .storage(key: "0", count: -1),
            .storage(
                .negativeCount(key: "0", found: -1), at: place("net/data.pkl", byte: 129))),
        zip(
            "complex numbers", .storage("ComplexFloatStorage", key: "0", count: 3),
            error(
                .elementType(found: "complex64"))),
        zip("quantized numbers", .storage("QInt8Storage", key: "0", count: 24), error(.elementType(found: "qint8"))),
    ]

    static func stacked(
        _ name: String, _ error: CheckpointError, change: (inout StackedWriter) -> Void
    ) -> Attack {
        var writer = TinyCheckpoint.stacked
        change(&writer)
        return Attack(name, writer.bytes, error)
    }

    private static func stackedTensor(_ storage: PythonValue) -> PythonValue {
        .training([("t", .tensor(storage, shape: [2], strides: [1]))])
    }

    static let stackedStorages: [Attack] = [
        stacked("a key of no storage", .storage(.missing(key: "72"), at: place(tensor: "t"))) {
            $0.object = stackedTensor(.stackedStorage(key: "72", count: 2))
            $0.storages = []
        },
        stacked("a storage of no tensor", .storage(.unexpected(key: "99"), at: place(byte: 635))) {
            $0.storages.append(.init(key: "99", count: 1, data: [0, 0, 0, 0]))
        },
        stacked("a storage twice", .storage(.duplicate(key: "73"), at: place(byte: 635))) {
            $0.storages.append($0.storages[1])
        },
        stacked(
            "a key that is no text",
            .pickle(
                .wrongType(expected: "a key", found: "None"), at: place(byte: 635))
        ) { $0.keys = .list([.none]) },
        stacked(
            "keys that are no list",
            .pickle(
                .wrongType(expected: "a list of keys", found: "None"), at: place(byte: 635))
        ) { $0.keys = PythonValue.none },
        stacked(
            "an element count that differs",
            .storage(
                .conflict(key: "71", expected: "8 elements of float32", found: "9 elements"), at: place(byte: 655))
        ) {
            $0.storages[0].count = 9
        },
        stacked(
            "an element count of -1",
            .storage(
                .negativeCount(key: "71", found: -1), at: place(byte: 655))
        ) { $0.storages[0].count = -1 },
        stacked("one element missing at the end", .truncated(expected: 24, found: 20, at: place(byte: 703))) {
            $0.storages[1].data.removeLast(4)
        },
        stacked("bytes after the last storage", .trailingBytes(count: 1, at: place(byte: 727))) {
            $0.storages[1].data.append(0)
        },
        stacked(
            "one storage of two types",
            .storage(
                .conflict(key: "71", expected: "8 elements of float32", found: "8 elements of int32"),
                at: place(byte: 427))
        ) {
            $0.object = .training([
                ("t", .tensor(.stackedStorage(key: "71", count: 8), shape: [2], strides: [1])),
                ("u", .tensor(.stackedStorage("IntStorage", key: "71", count: 8), shape: [2], strides: [1])),
            ])
        },
        stacked(
            "a view past its storage",
            .storage(
                .viewOutOfRange(key: "71", offset: 6, count: 3, available: 8), at: place(byte: 223))
        ) {
            $0.object = stackedTensor(
                .stackedStorage(key: "71", count: 8, view: .tuple([.text("72"), .int(6), .int(3)])))
        },
        stacked(
            "a view whose end overflows",
            .storage(
                .viewOutOfRange(key: "71", offset: .max, count: 1, available: 8), at: place(byte: 228))
        ) {
            $0.object = stackedTensor(
                .stackedStorage(key: "71", count: 8, view: .tuple([.text("72"), .int(.max), .int(1)])))
        },
        stacked(
            "a view that is a number",
            .pickle(
                .persistentID(expected: "None or a view", found: "the integer 5"), at: place(byte: 209))
        ) {
            $0.object = stackedTensor(.stackedStorage(key: "71", count: 8, view: .int(5)))
        },
        stacked(
            "another magic number",
            .pickle(
                .header(
                    part: "magic number", expected: "0x1950a86a20f9469cfc6c", found: "an integer wider than 64 bits"),
                at: place(byte: 0))
        ) {
            $0.magic = .opcodes([0x8A, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
        },
        stacked(
            "an ordinary pickle",
            .pickle(
                .header(part: "magic number", expected: "0x1950a86a20f9469cfc6c", found: "None"), at: place(byte: 0))
        ) {
            $0.magic = PythonValue.none
        },
        stacked(
            "protocol 1002",
            .pickle(
                .header(part: "protocol version", expected: "1001", found: "the integer 1002"), at: place(byte: 15))
        ) {
            $0.version = .int(1002)
        },
        stacked("a big-endian machine's file", .pickle(.bigEndian, at: place(byte: 23))) {
            $0.system = .dict([(.text("little_endian"), .bool(false))])
        },
    ]
}
