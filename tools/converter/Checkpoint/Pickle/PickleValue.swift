/// What a pickle's opcodes become: plain data, and references into a ``PickleHeap``.
///
/// A value owns nothing that could nest, so that it is copied and freed in constant time however deep, shared or
/// circular the object is that the pickle describes.
enum PickleValue: Sendable {
    case none
    case boolean(Bool)
    case integer(Int)
    /// An integer that needs more than 64 bits: two's complement, least significant byte first.
    case wideInteger(ArraySlice<UInt8>)
    case real(Double)
    /// Text, in UTF-8 if the file keeps its promise; a slice of the file wherever that is possible.
    case text(ArraySlice<UInt8>)
    case bytes
    case tuple(SequenceID)
    case list(SequenceID)
    case mapping(MappingID)
    case global(PickleGlobal)
    case storage(StorageID)
    case tensor(TensorID)
    /// An object that is allowed in a checkpoint and of no use here; it forgets what it is given.
    case opaque

    /// A tuple or list in a ``PickleHeap``.
    struct SequenceID: Hashable { let index: Int }
    /// A dictionary in a ``PickleHeap``.
    struct MappingID: Hashable { let index: Int }
    /// A storage in a ``PickleHeap``.
    struct StorageID: Hashable { let index: Int }
    /// A tensor in a ``PickleHeap``.
    struct TensorID: Hashable { let index: Int }

    /// What kind of value this is, for errors.
    var kind: String {
        switch self {
        case .none: "None"
        case .boolean: "a boolean"
        case .integer(let value): "the integer \(value)"
        case .wideInteger: "an integer wider than 64 bits"
        case .real: "a real number"
        case .text(let text): "the text \"\(printable(text, limit: 40))\""
        case .bytes: "bytes"
        case .tuple: "a tuple"
        case .list: "a list"
        case .mapping: "a dictionary"
        case .global(let global): global.name
        case .storage: "a storage"
        case .tensor: "a tensor"
        case .opaque: "an object"
        }
    }
}
