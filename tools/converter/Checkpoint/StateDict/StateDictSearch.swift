/// Looks for the dictionary of tensors in a pickled object.
///
/// Training code stores it under a key, most often `state_dict`, or saves it alone. Each dictionary is looked at once,
/// however often the object mentions it.
struct StateDictSearch {
    let heap: PickleHeap
    let limits: CheckpointLimits
    let place: CheckpointLocation
    private var visited: Set<PickleValue.MappingID> = []
    private var passengers: [String] = []

    /// Keys under which a state dict is expected, the likeliest first.
    private static let usualKeys: [StaticString] = [
        "state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights", "params",
    ]

    /// The state dict of the object that a file holds.
    static func find(
        in object: PickleValue, of heap: PickleHeap, limits: CheckpointLimits, at place: CheckpointLocation
    ) throws -> StateDict {
        guard case .mapping(let root) = object else {
            throw CheckpointError.stateDict(.notDictionary(found: object.kind), at: place)
        }
        var search = StateDictSearch(heap: heap, limits: limits, place: place)
        guard let found = try search.find(in: root, levels: 3) else {
            throw CheckpointError.stateDict(.notFound(keys: search.texts(heap[root].map(\.key))), at: place)
        }
        return try StateDict(
            heap[found], of: heap, passengers: search.passengers, limits: limits, at: place)
    }

    private init(heap: PickleHeap, limits: CheckpointLimits, place: CheckpointLocation) {
        self.heap = heap
        self.limits = limits
        self.place = place
    }

    /// The state dict in or under this dictionary, at most `levels` further down.
    private mutating func find(in id: PickleValue.MappingID, levels: Int) throws -> PickleValue.MappingID? {
        guard visited.insert(id).inserted else { return nil }
        let items = heap[id]
        if holdsOnlyTensors(id) { return id }
        if levels > 0 {
            for key in Self.usualKeys {
                if let child = try mapping(under: key, in: items), let found = try find(in: child, levels: levels - 1) {
                    noteOthers(items, than: child)
                    return found
                }
            }
            if let child = try onlyStateDict(among: items) {
                noteOthers(items, than: child)
                return child
            }
        }
        return holdsTensors(id) ? id : nil
    }

    /// The dictionary under a key.
    private func mapping(
        under key: StaticString, in items: [(key: PickleValue, value: PickleValue)]
    ) throws -> PickleValue.MappingID? {
        var found: PickleValue.MappingID?
        var count = 0
        for case (.text(let text), let value) in items where text.equals(key) {
            count += 1
            guard count == 1 else { throw CheckpointError.stateDict(.duplicateName("\(key)"), at: place) }
            if case .mapping(let id) = value { found = id }
        }
        return found
    }

    /// The value that is a dictionary of tensors, where exactly one value is.
    private mutating func onlyStateDict(
        among items: [(key: PickleValue, value: PickleValue)]
    ) throws -> PickleValue.MappingID? {
        var found: [(key: PickleValue, id: PickleValue.MappingID)] = []
        for case (let key, .mapping(let id)) in items where visited.insert(id).inserted && holdsOnlyTensors(id) {
            found.append((key, id))
        }
        guard found.count <= 1 else {
            throw CheckpointError.stateDict(.ambiguous(keys: texts(found.map(\.key))), at: place)
        }
        return found.first?.id
    }

    private func holdsTensors(_ id: PickleValue.MappingID) -> Bool {
        heap[id].contains { if case .tensor = $0.value { true } else { false } }
    }

    private func holdsOnlyTensors(_ id: PickleValue.MappingID) -> Bool {
        !heap[id].isEmpty && heap[id].allSatisfy { if case .tensor = $0.value { true } else { false } }
    }

    private mutating func noteOthers(
        _ items: [(key: PickleValue, value: PickleValue)], than chosen: PickleValue.MappingID
    ) {
        passengers += texts(
            items.compactMap { item in
                if case .mapping(chosen) = item.value { nil } else { item.key }
            })
    }

    /// Keys as text to be shown, no more of them than a message needs.
    private func texts(_ keys: [PickleValue]) -> [String] {
        keys.prefix(16).map { key in
            if case .text(let text) = key { printable(text, limit: 60) } else { key.kind }
        }
    }
}
