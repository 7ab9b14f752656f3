/// The container of PyTorch before 0.1.10: a tar archive whose members `storages`, `tensors` and `pickle` refer to
/// each other by number.
///
/// Source: `torch/serialization.py`, `legacy_load` inside `_legacy_load`.
struct TarCheckpoint {
    private let limits: CheckpointLimits
    private let weights: String?
    private var storages: [Int: StorageReference] = [:]
    private var data: [String: ArraySlice<UInt8>] = [:]
    private var tensors: [Int: TensorReference] = [:]

    static func load(
        _ bytes: ArraySlice<UInt8>, at place: CheckpointLocation, limits: CheckpointLimits, weights: String?
    ) throws -> StateDict.Resolved {
        let archive = try TarArchive(bytes, at: place, limits: limits)
        if try archive.file("pickle") == nil, try archive.file("storages") == nil {
            throw CheckpointError.unknownContainer(
                found: "a tar archive of other files: unpack it and take the checkpoint in it", at: place)
        }
        var checkpoint = TarCheckpoint(limits: limits, weights: weights)
        if let info = try archive.file("sys_info") { try checkpoint.checkSystem(info) }
        try checkpoint.readStorages(try archive.requiredFile("storages"))
        try checkpoint.readTensors(try archive.requiredFile("tensors"))
        return try checkpoint.readObject(try archive.requiredFile("pickle"), at: place)
    }

    private init(limits: CheckpointLimits, weights: String?) {
        self.limits = limits
        self.weights = weights
    }

    private func checkSystem(_ member: ByteReader) throws {
        var reader = member
        var machine = PickleMachine(limits: limits, at: member.place)
        let info = try machine.load(from: &reader)
        try SystemInfo.check(info, machine.heap, at: member.place)
    }

    /// `storages`: their number; for each `(number, location, class)` and its data; then a list of
    /// `(number, number of the whole, offset, count)`, the storages within storages.
    private mutating func readStorages(_ member: ByteReader) throws {
        var reader = member
        var machine = PickleMachine(limits: limits, at: member.place)
        let expected = "a storage's number, location and class"
        for _ in 0..<(try count(&machine, &reader)) {
            let place = reader.here
            let (number, _, role, record) = try self.record(expected, &machine, &reader)
            guard case .storageClass(let scalar) = role else { throw mismatch(expected, record, place) }
            let size = try StorageData.readCount("\(number)", &reader)
            let storage = StorageReference(scalar: scalar, key: "\(number)", count: size)
            try add(storage, number, place)
            data[storage.key] = try reader.take(try storage.byteCount(at: place))
        }
        let place = reader.here
        let views = try machine.load(from: &reader)
        guard let items = machine.heap.sequence(views) else { throw mismatch("a list of views", views, place) }
        for item in items {
            guard let parts = machine.heap.sequence(item), parts.count == 4, case .integer(let number) = parts[0],
                case .integer(let root) = parts[1], case .integer(let offset) = parts[2],
                case .integer(let count) = parts[3]
            else { throw mismatch("a view's number, root, offset and count", item, place) }
            try add(try storage(root, place).view(offset: offset, count: count, at: place), number, place)
        }
        try reader.expectEnd()
    }

    /// `tensors`: their number; for each `(number, number of its storage, class)`, then its geometry.
    private mutating func readTensors(_ member: ByteReader) throws {
        var reader = member
        var machine = PickleMachine(limits: limits, at: member.place)
        let expected = "a tensor's number, storage and class"
        for _ in 0..<(try count(&machine, &reader)) {
            let place = reader.here
            let (number, whole, role, record) = try self.record(expected, &machine, &reader)
            guard case .tensorClass(let scalar) = role else { throw mismatch(expected, record, place) }
            let storage: StorageReference? =
                switch whole {
                case .integer(let number): try self.storage(number, place)
                case .none: nil
                default: throw mismatch("a storage's number", whole, place)
                }
            let tensor = try readGeometry(storage, scalar ?? .untyped, &reader)
            guard storages[number] == nil, tensors.updateValue(tensor, forKey: number) == nil else {
                throw CheckpointError.tar(.duplicateNumber(number), at: place)
            }
        }
        try reader.expectEnd()
    }

    /// A number, what it lies in, the role of its class, and the record itself.
    private func record(
        _ expected: String, _ machine: inout PickleMachine, _ reader: inout ByteReader
    ) throws -> (number: Int, whole: PickleValue, class: PickleGlobal.Role, record: PickleValue) {
        let place = reader.here
        let record = try machine.load(from: &reader)
        guard let parts = machine.heap.tuple(record), parts.count == 3, case .integer(let number) = parts[0],
            case .global(let global) = parts[2]
        else { throw mismatch(expected, record, place) }
        return (number, parts[1], global.role, record)
    }

    /// Rank in 32 bits, 4 bytes without meaning, dimensions, strides, offset.
    private func readGeometry(
        _ storage: StorageReference?, _ scalar: ScalarType, _ reader: inout ByteReader
    ) throws -> TensorReference {
        let place = reader.here
        let rank = Int(try reader.integer(Int32.self))
        guard (0...64).contains(rank) else {
            throw CheckpointError.overLimit(.rank, limit: 64, found: rank, at: place)
        }
        _ = try reader.take(4)
        func numbers() throws -> [Int] { try (0..<rank).map { _ in Int(try reader.integer(Int64.self)) } }
        let (shape, strides) = (try numbers(), try numbers())
        return TensorReference(
            storage: storage, scalar: storage?.scalar ?? scalar, offset: Int(try reader.integer(Int64.self)),
            shape: shape, strides: strides)
    }

    /// `pickle`: the object, whose persistent ids are numbers of tensors and storages.
    private func readObject(_ member: ByteReader, at place: CheckpointLocation) throws -> StateDict.Resolved {
        var reader = member
        var machine = PickleMachine(limits: limits, at: member.place) { id, heap, place in
            guard let number = number(id) else {
                throw CheckpointError.pickle(
                    .persistentID(expected: "the number of a tensor or storage", found: id.kind), at: place)
            }
            if let tensor = tensors[number] { return .tensor(heap.makeTensor(tensor)) }
            return .storage(heap.makeStorage(try storage(number, place)))
        }
        let object = try machine.load(from: &reader)
        try reader.expectEnd()
        let state = try StateDictSearch.find(
            in: object, of: machine.heap, weights: weights, limits: limits, at: member.place)
        return try state.resolve(limits: limits, at: place) { data[$0.key] }
    }

    /// Python writes a persistent id as text, in decimal.
    private func number(_ id: PickleValue) -> Int? {
        switch id {
        case .integer(let number): number
        case .text(let digits) where digits.count <= 20: Int(String(decoding: digits, as: UTF8.self))
        default: nil
        }
    }

    private func count(_ machine: inout PickleMachine, _ reader: inout ByteReader) throws -> Int {
        let place = reader.here
        let value = try machine.load(from: &reader)
        guard case .integer(let count) = value, count >= 0 else { throw mismatch("a number", value, place) }
        return count
    }

    private func storage(_ number: Int, _ place: CheckpointLocation) throws -> StorageReference {
        guard let storage = storages[number] else {
            throw CheckpointError.tar(.unknownNumber(number), at: place)
        }
        return storage
    }

    private mutating func add(_ storage: StorageReference, _ number: Int, _ place: CheckpointLocation) throws {
        guard storages.updateValue(storage, forKey: number) == nil else {
            throw CheckpointError.tar(.duplicateNumber(number), at: place)
        }
    }

    private func mismatch(_ expected: String, _ found: PickleValue, _ place: CheckpointLocation) -> CheckpointError {
        .tar(.record(expected: expected, found: found.kind), at: place)
    }
}
