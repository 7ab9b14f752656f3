/// What stands in for calling: a few names, each with one inert representation.
extension PickleMachine {
    mutating func pushGlobal(module: ArraySlice<UInt8>, name: ArraySlice<UInt8>) throws {
        for part in [module, name] where part.count > limits.nameBytes {
            throw CheckpointError.overLimit(.nameBytes, limit: limits.nameBytes, found: part.count, at: place)
        }
        let (module, name) = (String(decoding: module, as: UTF8.self), String(decoding: name, as: UTF8.self))
        guard let global = PickleGlobal.named(module: module, name: name) else {
            throw fault(.forbiddenGlobal("\(module).\(name)"))
        }
        stack.append(.global(global))
    }

    mutating func stackGlobal() throws {
        try require(2)
        let (name, module) = (try pop(), try pop())
        guard case .text(let moduleText) = module, case .text(let nameText) = name else {
            throw fault(.wrongType(expected: "a module and a name", found: "\(module.kind) and \(name.kind)"))
        }
        try pushGlobal(module: moduleText, name: nameText)
    }

    /// `REDUCE`, `NEWOBJ` and `NEWOBJ_EX`: a callee and a tuple, and for the last a dictionary too.
    mutating func construct(_ opcode: PickleOpcode) throws {
        if opcode == .newObjEx { _ = try pop() }
        try require(2)
        let (arguments, callee) = (try pop(), try pop())
        guard let items = heap.tuple(arguments) else {
            throw fault(.wrongType(expected: "a tuple of arguments", found: arguments.kind))
        }
        stack.append(try construct(callee, items))
    }

    /// `BUILD`: the state that an object would take over is dropped, but for a namespace's. That of a state dict holds version
    /// numbers.
    mutating func build() throws {
        let state = try pop()
        let target = try top()
        switch target {
        case .global(let global) where global.role == .namespace:
            stack[stack.count - 1] = if case .mapping = state { state } else { .opaque }
        case .mapping, .tensor, .opaque: break
        default: throw fault(.wrongType(expected: "an object", found: target.kind))
        }
    }

    private mutating func construct(_ callee: PickleValue, _ arguments: [PickleValue]) throws -> PickleValue {
        guard case .global(let global) = callee else { throw fault(.notConstructible(callee.kind)) }
        switch global.role {
        case .dictionary:
            return .mapping(try dictionary(global, arguments))
        case .rebuildTensor(let version):
            return .tensor(heap.makeTensor(try tensor(global, version, arguments)))
        case .rebuildParameter:
            guard case .tensor? = arguments.first else {
                throw mismatch(global, "a tensor first", arguments)
            }
            return arguments[0]
        case .rebuildFromType:
            guard arguments.count == 4, let inner = heap.tuple(arguments[2]) else {
                throw mismatch(global, "a function, a type, a tuple and a state", arguments)
            }
            return try construct(arguments[0], inner)
        case .size:
            guard arguments.count == 1, heap.tuple(arguments[0]) != nil else {
                throw mismatch(global, "one tuple", arguments)
            }
            return arguments[0]
        case .passenger:
            return .opaque
        case .namespace:
            return callee
        case .encode:
            guard arguments.count == 2, case .text(let text) = arguments[0], text.allSatisfy({ $0 < 0x80 }) else {
                return .opaque
            }
            return arguments[0]
        case .storageClass, .tensorClass, .elementType:
            throw fault(.notConstructible(global.name))
        }
    }

    /// `OrderedDict()` as Python 3 writes it, to be filled afterwards, or with a list of pairs as Python 2 does;
    /// `defaultdict(factory)`.
    private mutating func dictionary(
        _ global: PickleGlobal, _ arguments: [PickleValue]
    ) throws -> PickleValue.MappingID {
        let id = heap.makeMapping()
        guard let argument = arguments.first else { return id }
        if case .global = argument { return id }
        guard arguments.count == 1, let pairs = heap.sequence(argument) else {
            throw mismatch(global, "nothing or a list of pairs", arguments)
        }
        try charge(pairs.count)
        for pair in pairs {
            guard let entry = heap.sequence(pair), entry.count == 2 else {
                throw mismatch(global, "pairs", [pair])
            }
            heap.set(entry[0], to: entry[1], in: id)
        }
        try checkDepth(heap.depth(.mapping(id)))
        return id
    }

    private mutating func tensor(
        _ global: PickleGlobal, _ version: PickleGlobal.RebuildVersion, _ arguments: [PickleValue]
    ) throws -> TensorReference {
        let counts =
            switch version {
            case .v1: 4...4
            case .v2: 6...7
            case .v3: 7...8
            }
        guard counts.contains(arguments.count),
            case .storage(let storage) = arguments[0],
            case .integer(let offset) = arguments[1],
            let shape = try integers(arguments[2]),
            let strides = try integers(arguments[3])
        else { throw mismatch(global, "a storage, an offset, a shape and strides first", arguments) }

        // The metadata say that the elements are to be read as conjugated or negated.
        if arguments.count == counts.upperBound, version != .v1,
            case .mapping(let id) = arguments[counts.upperBound - 1],
            !heap[id].isEmpty
        {
            throw mismatch(global, "no conjugate or negative bit", [arguments[counts.upperBound - 1]])
        }
        var scalar = heap[storage].scalar
        if version == .v3 {
            guard case .global(let type) = arguments[6], case .elementType(let declared) = type.role else {
                throw mismatch(global, "an element type in seventh place", arguments)
            }
            scalar = declared
        }
        return TensorReference(
            storage: heap[storage], scalar: scalar, offset: offset, shape: shape, strides: strides)
    }

    /// The numbers of a tuple or list; `nil` where it is neither or holds something else.
    private mutating func integers(_ value: PickleValue) throws -> [Int]? {
        guard let items = heap.sequence(value) else { return nil }
        // PyTorch itself stops at 64 dimensions.
        guard items.count <= 64 else {
            throw CheckpointError.overLimit(.rank, limit: 64, found: items.count, at: place)
        }
        try charge(items.count)
        var numbers: [Int] = []
        for item in items {
            guard case .integer(let number) = item else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    private func mismatch(_ global: PickleGlobal, _ expected: String, _ found: [PickleValue]) -> CheckpointError {
        let kinds = found.prefix(8).map(\.kind).joined(separator: ", ")
        return fault(.arguments(of: global.name, expected: expected, found: found.isEmpty ? "nothing" : kinds))
    }
}
