/// The containers of a pickled object, each stored once and named by number.
///
/// Sharing costs nothing, so a pickle that doubles its object at every step stays as small here as it is in the file.
struct PickleHeap {
    private var sequences: [[PickleValue]] = []
    private var sequenceDepths: [Int] = []
    private var mappings: [[(key: PickleValue, value: PickleValue)]] = []
    private var mappingDepths: [Int] = []
    /// Every mention of a storage, in the order of the file.
    private(set) var storages: [StorageReference] = []
    private var tensors: [TensorReference] = []

    /// The items of a tuple or list.
    subscript(id: PickleValue.SequenceID) -> [PickleValue] { sequences[id.index] }

    /// The entries of a dictionary in the order in which they were set, a repeated key as often as it was set.
    subscript(id: PickleValue.MappingID) -> [(key: PickleValue, value: PickleValue)] { mappings[id.index] }

    /// A storage.
    subscript(id: PickleValue.StorageID) -> StorageReference { storages[id.index] }

    /// A tensor.
    subscript(id: PickleValue.TensorID) -> TensorReference { tensors[id.index] }

    /// The items of a value that is a tuple.
    func tuple(_ value: PickleValue) -> [PickleValue]? {
        if case .tuple(let id) = value { self[id] } else { nil }
    }

    /// The items of a value that is a tuple or a list.
    func sequence(_ value: PickleValue) -> [PickleValue]? {
        switch value {
        case .tuple(let id), .list(let id): self[id]
        default: nil
        }
    }

    mutating func makeSequence(_ items: some Sequence<PickleValue>) -> PickleValue.SequenceID {
        sequences.append(Array(items))
        sequenceDepths.append(1 + (sequences[sequences.count - 1].lazy.map(depth).max() ?? 0))
        return PickleValue.SequenceID(index: sequences.count - 1)
    }

    mutating func makeMapping() -> PickleValue.MappingID {
        mappings.append([])
        mappingDepths.append(1)
        return PickleValue.MappingID(index: mappings.count - 1)
    }

    mutating func makeStorage(_ storage: StorageReference) -> PickleValue.StorageID {
        storages.append(storage)
        return PickleValue.StorageID(index: storages.count - 1)
    }

    mutating func makeTensor(_ tensor: TensorReference) -> PickleValue.TensorID {
        tensors.append(tensor)
        return PickleValue.TensorID(index: tensors.count - 1)
    }

    mutating func append(_ item: PickleValue, to id: PickleValue.SequenceID) {
        sequences[id.index].append(item)
        sequenceDepths[id.index] = max(sequenceDepths[id.index], 1 + depth(item))
    }

    mutating func set(_ key: PickleValue, to value: PickleValue, in id: PickleValue.MappingID) {
        mappings[id.index].append((key, value))
        mappingDepths[id.index] = max(mappingDepths[id.index], 1 + max(depth(key), depth(value)))
    }

    /// How many containers a value is deep, as far as is known when it is put into another.
    func depth(_ value: PickleValue) -> Int {
        switch value {
        case .tuple(let id), .list(let id): sequenceDepths[id.index]
        case .mapping(let id): mappingDepths[id.index]
        default: 0
        }
    }
}
