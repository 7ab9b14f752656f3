/// The container of PyTorch 0.1.10 to 1.5: five pickles one after another, then the storages' data.
///
/// Source: `torch/serialization.py`, `_legacy_save` and `_legacy_load`.
enum StackedPickles {
    /// The first pickle, `0x1950a86a20f9469cfc6c`, least significant byte first.
    static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    /// The second pickle.
    static let protocolVersion = 1001

    static func load(
        _ bytes: ArraySlice<UInt8>, at place: CheckpointLocation, limits: CheckpointLimits, weights: String?
    ) throws -> StateDict.Resolved {
        var reader = ByteReader(bytes, at: place)
        var machine = PickleMachine(limits: limits, at: place) { id, heap, place in
            try PersistentStorage.load(id, &heap, hasView: true, limits: limits, at: place)
        }
        try readHeader(&machine, &reader)
        let start = reader.here
        let object = try machine.load(from: &reader)
        let storages = try readStorages(&machine, &reader, limits)
        try reader.expectEnd()

        let state = try StateDictSearch.find(
            in: object, of: machine.heap, weights: weights, limits: limits, at: start)
        return try state.resolve(limits: limits, at: place) { storages[$0.key] }
    }

    private static func readHeader(_ machine: inout PickleMachine, _ reader: inout ByteReader) throws {
        let magicPlace = reader.here
        let number = try machine.load(from: &reader)
        guard case .wideInteger(let bytes) = number, bytes.elementsEqual(magic) else {
            throw CheckpointError.pickle(
                .header(part: "magic number", expected: "0x1950a86a20f9469cfc6c", found: number.kind), at: magicPlace)
        }
        let versionPlace = reader.here
        let version = try machine.load(from: &reader)
        guard case .integer(protocolVersion) = version else {
            throw CheckpointError.pickle(
                .header(part: "protocol version", expected: "\(protocolVersion)", found: version.kind),
                at: versionPlace)
        }
        let systemPlace = reader.here
        let system = try machine.load(from: &reader)
        try SystemInfo.check(system, machine.heap, at: systemPlace)
    }

    /// The data of every storage. Those of passengers are stepped over like the others.
    private static func readStorages(
        _ machine: inout PickleMachine, _ reader: inout ByteReader, _ limits: CheckpointLimits
    ) throws -> [String: ArraySlice<UInt8>] {
        let mentioned = try byKey(machine.heap.storages, at: reader.here)
        let keysPlace = reader.here
        let keys = try machine.load(from: &reader)
        guard let items = machine.heap.sequence(keys) else {
            throw CheckpointError.pickle(.wrongType(expected: "a list of keys", found: keys.kind), at: keysPlace)
        }
        var storages: [String: ArraySlice<UInt8>] = [:]
        for item in items {
            guard case .text(let text) = item else {
                throw CheckpointError.pickle(.wrongType(expected: "a key", found: item.kind), at: keysPlace)
            }
            let key = try text.name(limits: limits, at: keysPlace)
            guard let storage = mentioned[key] else {
                throw CheckpointError.storage(.unexpected(key: key), at: keysPlace)
            }
            let data = try StorageData.read(storage, &reader)
            guard storages.updateValue(data, forKey: key) == nil else {
                throw CheckpointError.storage(.duplicate(key: key), at: keysPlace)
            }
        }
        return storages
    }

    /// The storages that the object mentions. All mentions of one must agree, since it is read once.
    private static func byKey(
        _ mentions: [StorageReference], at place: CheckpointLocation
    ) throws -> [String: StorageReference] {
        var storages: [String: StorageReference] = [:]
        for mention in mentions {
            let first = storages[mention.key, default: mention]
            guard first.scalar == mention.scalar, first.count == mention.count else {
                throw CheckpointError.storage(
                    .conflict(key: mention.key, expected: first.summary, found: mention.summary), at: place)
            }
            storages[mention.key] = first
        }
        return storages
    }
}
