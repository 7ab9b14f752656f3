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

    /// Keys under which the names of classes lie.
    private static let classKeys = ["class_to_idx", "classes", "class_names"]

    /// The state dict of the object that a file holds.
    static func find(
        in object: PickleValue, of heap: PickleHeap, weights: String?, limits: CheckpointLimits,
        at place: CheckpointLocation
    ) throws -> StateDict {
        guard case .mapping(let root) = object else {
            throw CheckpointError.stateDict(.notDictionary(found: object.kind), at: place)
        }
        var search = StateDictSearch(heap: heap, limits: limits, place: place)
        var start = root
        var prefix: String?
        if let weights {
            if let chosen = search.mapping(at: weights, in: root) { start = chosen } else { prefix = "\(weights)." }
        }
        guard var found = try search.find(in: start, levels: 3) else {
            throw CheckpointError.stateDict(.notFound(keys: search.texts(heap[start].map(\.key))), at: place)
        }
        var remark: String?
        if weights == nil, let average = search.movingAverage(beside: found, in: root) {
            found = average
            remark = "the moving average of the weights is taken, as CondenseNetV2's authors do"
        }
        let classNames = search.classNames(in: root)
        let passengers =
            classNames.isEmpty
            ? search.passengers : search.passengers.filter { !Self.classKeys.contains($0) }
        var state = try StateDict(
            heap[found], of: heap, passengers: passengers, limits: limits, at: place)
        if let prefix, !state.select(prefix: prefix) {
            throw CheckpointError.stateDict(
                .noWeights(key: String(prefix.dropLast()), keys: search.texts(heap[root].map(\.key))), at: place)
        }
        state.classNames = classNames
        state.settings = search.settings(in: root)
        if let remark { state.note(remark) }
        if weights == nil { state.noteOtherWeights(search.otherWeights(than: found, in: root)) }
        return state
    }

    /// The dictionary at a path of keys with points between them; a key may itself have points.
    private func mapping(at path: String, in root: PickleValue.MappingID) -> PickleValue.MappingID? {
        for case (.text(let text), .mapping(let id)) in heap[root] {
            // By bytes: a file's text may be made of what Swift compares in quadratic time.
            guard path.utf8.starts(with: text) else { continue }
            let rest = path.utf8.dropFirst(text.count)
            if rest.isEmpty { return id }
            if rest.first == UInt8(ascii: "."),
                let found = mapping(at: String(decoding: rest.dropFirst(), as: UTF8.self), in: id)
            {
                return found
            }
        }
        return nil
    }

    /// The moving average of a CondenseNetV2's weights, where the file has it beside them.
    private func movingAverage(beside taken: PickleValue.MappingID, in root: PickleValue.MappingID) -> PickleValue
        .MappingID?
    {
        let isVersion2 = heap[taken].contains { item in
            if case .text(let text) = item.key {
                text.suffix(16).elementsEqual(".sfr.conv.weight".utf8)
            } else {
                false
            }
        }
        guard isVersion2, taken != root, let average = mapping(at: "state_dict_ema", in: root), average != taken,
            holdsOnlyTensors(average)
        else { return nil }
        return average
    }

    /// The whole numbers in the dictionary or namespace `args`.
    private func settings(in root: PickleValue.MappingID) -> [String: Int] {
        guard let arguments = mapping(at: "args", in: root) else { return [:] }
        var settings: [String: Int] = [:]
        for case (.text(let key), .integer(let number)) in heap[arguments].prefix(4096) where key.count <= 256 {
            settings[String(decoding: key, as: UTF8.self)] = number
        }
        return settings
    }

    /// The keys of other dictionaries of tensors alone, beside the one that was taken.
    private func otherWeights(than taken: PickleValue.MappingID, in root: PickleValue.MappingID) -> [String] {
        guard taken != root else { return [] }
        var keys: [PickleValue] = []
        for case (let key, .mapping(let id)) in heap[root]
        where id != taken && heap[id].count > 1 && holdsOnlyTensors(id) {
            keys.append(key)
        }
        return texts(keys)
    }

    /// The classes' names where the file has them: `class_to_idx` as torchvision's folders give it, or a list.
    private func classNames(in root: PickleValue.MappingID) -> [String] {
        func text(_ value: PickleValue) -> String? {
            if case .text(let text) = value, text.count <= 1024 { String(validating: text, as: UTF8.self) } else { nil }
        }
        for case (.text(let key), let value) in heap[root] {
            if key.equals("class_to_idx"), case .mapping(let id) = value {
                var names: [Int: String] = [:]
                for (name, number) in heap[id] {
                    guard case .integer(let number) = number, let name = text(name) else { return [] }
                    names[number] = name
                }
                let ordered = (0..<heap[id].count).compactMap { names[$0] }
                return ordered.count == heap[id].count ? ordered : []
            }
            if key.equals("classes") || key.equals("class_names"), let items = heap.sequence(value) {
                let names = items.compactMap(text)
                return names.count == items.count ? names : []
            }
        }
        return []
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
