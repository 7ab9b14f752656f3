/// Reads pickles into inert values.
///
/// The opcodes are those of CPython's `pickle`; what differs is that nothing is imported, constructed or called. A
/// class is a name from ``PickleGlobal``'s list, and "calling" it is one of the few representations in
/// `PickleMachine+Construct.swift`. Time and memory are bounded by the number of bytes and of opcodes.
struct PickleMachine {
    /// What a persistent id, the pickle's reference to something outside it, stands for.
    typealias PersistentLoad = (PickleValue, inout PickleHeap, CheckpointLocation) throws -> PickleValue

    let limits: CheckpointLimits
    let persistentLoad: PersistentLoad
    /// The containers of all pickles that were read.
    var heap = PickleHeap()

    var stack: [PickleValue] = []
    /// How high the stack was at each open mark.
    var marks: [Int] = []
    var memo: [Int: PickleValue] = [:]
    /// The place of the opcode at work.
    var place: CheckpointLocation
    private var opcodesLeft: Int

    /// A machine for the pickles of one file.
    init(
        limits: CheckpointLimits, at place: CheckpointLocation,
        persistentLoad: @escaping PersistentLoad = refusePersistentIDs
    ) {
        self.limits = limits
        self.place = place
        self.persistentLoad = persistentLoad
        opcodesLeft = limits.pickleOpcodes
    }

    /// The next pickle's object. The reader is left behind its `STOP`.
    mutating func load(from reader: inout ByteReader) throws -> PickleValue {
        stack.removeAll()
        marks.removeAll()
        memo.removeAll()
        place = reader.here
        while true {
            guard reader.remaining > 0 else { throw fault(.noStop) }
            place.offset = reader.offset
            let byte = try reader.byte()
            guard let opcode = PickleOpcode(rawValue: byte) else { throw fault(.unknownOpcode(byte)) }
            try charge(1)
            if opcode == .stop { return try stop() }
            try execute(opcode, &reader)
        }
    }

    /// Counts work against the limit on opcodes.
    mutating func charge(_ work: Int) throws {
        guard work <= opcodesLeft else {
            let (found, overflow) = (limits.pickleOpcodes - opcodesLeft).addingReportingOverflow(work)
            throw CheckpointError.overLimit(
                .pickleOpcodes, limit: limits.pickleOpcodes, found: overflow ? .max : found, at: place)
        }
        opcodesLeft -= work
    }

    /// The error for a fault of the opcode at work.
    func fault(_ fault: PickleFault) -> CheckpointError { .pickle(fault, at: place) }

    private mutating func stop() throws -> PickleValue {
        guard stack.count == 1, marks.isEmpty else {
            throw fault(.leftovers(values: stack.count, marks: marks.count))
        }
        return stack.removeLast()
    }

    private mutating func execute(_ opcode: PickleOpcode, _ reader: inout ByteReader) throws {
        switch opcode {
        case .stop: break
        case .mark: try pushMark()
        case .pop: try discard()
        case .popMark: _ = try popToMark()
        case .dup: stack.append(try top())
        case .put: memo[try decimalIndex(&reader)] = try top()
        case .binPut: memo[Int(try reader.byte())] = try top()
        case .longBinPut: memo[Int(try reader.integer(UInt32.self))] = try top()
        case .memoize: memo[memo.count] = try top()
        case .get: try push(memoized: try decimalIndex(&reader))
        case .binGet: try push(memoized: Int(try reader.byte()))
        case .longBinGet: try push(memoized: Int(try reader.integer(UInt32.self)))
        case .proto: try checkProtocol(&reader)
        case .frame: try checkFrame(&reader)

        case .none: stack.append(.none)
        case .newTrue: stack.append(.boolean(true))
        case .newFalse: stack.append(.boolean(false))
        case .int, .binInt, .binInt1, .binInt2, .long, .long1, .long4:
            stack.append(try integer(opcode, &reader))
        case .float, .binFloat:
            stack.append(try real(opcode, &reader))
        case .string, .binString, .shortBinString, .unicode, .binUnicode, .shortBinUnicode, .binUnicode8:
            stack.append(.text(try text(opcode, &reader)))
        case .binBytes, .shortBinBytes, .binBytes8, .byteArray8:
            try skipBytes(opcode, &reader)
            stack.append(.bytes)

        case .emptyTuple, .tuple, .tuple1, .tuple2, .tuple3: try makeTuple(opcode)
        case .emptyList: stack.append(.list(heap.makeSequence([])))
        case .list: try makeList()
        case .append, .appends: try extendList(opcode)
        case .emptyDict: stack.append(.mapping(heap.makeMapping()))
        case .dict: try makeDictionary()
        case .setItem, .setItems: try extendDictionary(opcode)
        case .emptySet: stack.append(.opaque)
        case .addItems: try extendSet()
        case .frozenSet:
            _ = try popToMark()
            stack.append(.opaque)

        case .global: try pushGlobal(module: try reader.line(), name: try reader.line())
        case .stackGlobal: try stackGlobal()
        case .reduce, .newObj, .newObjEx: try construct(opcode)
        case .build: try build()
        case .persID: try pushPersistent(.text(try reader.line()))
        case .binPersID: try pushPersistent(try pop())

        case .inst, .obj, .ext1, .ext2, .ext4, .nextBuffer, .readonlyBuffer:
            throw fault(.unsupportedOpcode("\(opcode)"))
        }
    }

    private mutating func pushPersistent(_ id: PickleValue) throws {
        let value = try persistentLoad(id, &heap, place)
        if case .storage(let storage) = value { try charge(heap[storage].key.utf8.count / 8) }
        stack.append(value)
    }

    private func checkProtocol(_ reader: inout ByteReader) throws {
        let version = Int(try reader.byte())
        guard version <= 5 else { throw fault(.protocolVersion(found: version)) }
    }

    private func checkFrame(_ reader: inout ByteReader) throws {
        let length: UInt64 = try reader.integer()
        guard length <= UInt64(reader.remaining) else {
            throw fault(.frame(length: length, remaining: reader.remaining))
        }
    }

    /// For pickles that have no outside.
    static func refusePersistentIDs(
        _ id: PickleValue, _: inout PickleHeap, _ place: CheckpointLocation
    ) throws -> PickleValue {
        throw CheckpointError.pickle(.persistentID(expected: "none", found: id.kind), at: place)
    }
}
