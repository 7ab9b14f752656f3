/// What is wrong with the numbers behind a tensor.
public enum StorageFault: Equatable, Sendable {
    /// No storage has this key.
    case missing(key: String)
    /// The file holds a storage that no tensor mentions, so that its element size is unknown.
    case unexpected(key: String)
    /// A key appears twice among the storages.
    case duplicate(key: String)
    /// A storage of a negative number of elements.
    case negativeCount(key: String, found: Int)
    /// The elements' number times their size exceeds 64 bits.
    case sizeOverflow(key: String, count: Int, elementSize: Int)
    /// The storage's data are not as long as its tensors say.
    case byteCount(key: String, expected: Int, found: Int)
    /// Two tensors disagree on the type or length of a storage they share.
    case conflict(key: String, expected: String, found: String)
    /// A view reaches outside its storage: elements `offset ..< offset + count` of `available`.
    case viewOutOfRange(key: String, offset: Int, count: Int, available: Int)
    /// The tensor has no storage but has elements.
    case none(elements: Int)
    /// A dimension below zero.
    case negativeDimension(shape: [Int])
    /// The shape and the strides differ in length.
    case strideCount(shape: [Int], strides: [Int])
    /// A stride or an offset below zero.
    case negativeStride(offset: Int, strides: [Int])
    /// The product of the dimensions, or a reach, exceeds 64 bits.
    case shapeOverflow(shape: [Int], strides: [Int])
    /// The tensor's last element lies outside its storage.
    case outOfRange(last: Int, available: Int)
    /// The elements have a type that no weight of a network of this family has.
    case elementType(found: String)
}

extension StorageFault: CustomStringConvertible {
    /// What was expected and what was found.
    public var description: String {
        switch self {
        case .missing(let key): "storage \(printable(key)) is missing"
        case .unexpected(let key): "storage \(printable(key)) belongs to no tensor"
        case .duplicate(let key): "storage \(printable(key)) appears twice"
        case .negativeCount(let key, let found): "storage \(printable(key)) has \(found) elements"
        case .sizeOverflow(let key, let count, let size):
            "storage \(printable(key)): \(count) elements of \(size) bytes exceed 64 bits"
        case .byteCount(let key, let expected, let found):
            "storage \(printable(key)): expected \(expected) bytes, found \(found)"
        case .conflict(let key, let expected, let found):
            "storage \(printable(key)) is declared as \(expected) and as \(found)"
        case .viewOutOfRange(let key, let offset, let count, let available):
            "storage \(printable(key)): view of \(count) elements from element \(offset), found \(available)"
        case .none(let elements): "\(elements) elements without a storage"
        case .negativeDimension(let shape): "negative dimension in shape \(brief(shape))"
        case .strideCount(let shape, let strides):
            "expected as many strides as dimensions, found shape \(brief(shape)) and strides \(brief(strides))"
        case .negativeStride(let offset, let strides):
            "expected offset and strides of at least 0, found offset \(offset), strides \(brief(strides))"
        case .shapeOverflow(let shape, let strides):
            "shape \(brief(shape)) with strides \(brief(strides)) exceeds 64 bits"
        case .outOfRange(let last, let available):
            "the last element is number \(last) of a storage of \(available)"
        case .elementType(let found):
            "expected elements of one of \(ElementType.allCases.map(\.rawValue).joined(separator: ", ")), "
                + "found \(printable(found))"
        }
    }
}

/// A list of numbers, shortened after the first eight.
private func brief(_ numbers: [Int]) -> String {
    let shown = numbers.prefix(8).map(String.init).joined(separator: ", ")
    return numbers.count > 8 ? "[\(shown), …]" : "[\(shown)]"
}
