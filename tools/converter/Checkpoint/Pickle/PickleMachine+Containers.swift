/// Tuples, lists, dictionaries and sets.
extension PickleMachine {
    mutating func makeTuple(_ opcode: PickleOpcode) throws {
        let items: [PickleValue]
        switch opcode {
        case .tuple1: items = try pop(1)
        case .tuple2: items = try pop(2)
        case .tuple3: items = try pop(3)
        case .tuple: items = try popToMark()
        default: items = []
        }
        let id = heap.makeSequence(items)
        try checkDepth(heap.depth(.tuple(id)))
        stack.append(.tuple(id))
    }

    mutating func makeList() throws {
        let id = heap.makeSequence(try popToMark())
        try checkDepth(heap.depth(.list(id)))
        stack.append(.list(id))
    }

    mutating func extendList(_ opcode: PickleOpcode) throws {
        let items = opcode == .append ? try pop(1) : try popToMark()
        let target = try top()
        switch target {
        case .list(let id):
            for item in items { heap.append(item, to: id) }
            try checkDepth(heap.depth(target))
        case .opaque: break
        default: throw fault(.wrongType(expected: "a list", found: target.kind))
        }
    }

    mutating func makeDictionary() throws {
        let items = try popToMark()
        let id = heap.makeMapping()
        try set(items, in: id)
        stack.append(.mapping(id))
    }

    mutating func extendDictionary(_ opcode: PickleOpcode) throws {
        let items = opcode == .setItem ? try pop(2) : try popToMark()
        let target = try top()
        switch target {
        case .mapping(let id): try set(items, in: id)
        case .opaque: break
        default: throw fault(.wrongType(expected: "a dictionary", found: target.kind))
        }
    }

    /// Sets keys and values, which alternate.
    private mutating func set(_ items: [PickleValue], in id: PickleValue.MappingID) throws {
        guard items.count.isMultiple(of: 2) else {
            throw fault(.stackUnderflow(needed: items.count + 1, found: items.count))
        }
        for index in stride(from: 0, to: items.count, by: 2) {
            heap.set(items[index], to: items[index + 1], in: id)
        }
        try checkDepth(heap.depth(.mapping(id)))
    }

    mutating func extendSet() throws {
        _ = try popToMark()
        let target = try top()
        guard case .opaque = target else {
            throw fault(.wrongType(expected: "a set", found: target.kind))
        }
    }

    /// The `count` uppermost values, lowest first, removed.
    private mutating func pop(_ count: Int) throws -> [PickleValue] {
        try require(count)
        let items = Array(stack[(stack.count - count)...])
        stack.removeLast(count)
        return items
    }
}
