/// What is wrong with a safetensors file.
public enum SafetensorsFault: Equatable, Sendable {
    /// The header is longer than the file.
    case headerLength(UInt64, available: Int)
    /// The header is not the JSON that the format allows.
    case syntax(expected: String, found: String)
    /// Text that is not UTF-8, or an escape that is none.
    case badText
    /// A name or field appears twice.
    case duplicateKey(String)
    /// A field of a tensor is absent.
    case missingField(String)
    /// An element type that the format does not know, or that holds several elements a byte.
    case elementType(String)
    /// Data offsets that are not in order.
    case offsets(begin: Int, end: Int)
    /// The shape and the element size ask for another number of bytes than the offsets span.
    case byteCount(expected: Int, found: Int)
    /// The product of the dimensions exceeds 64 bits.
    case shapeOverflow
    /// A tensor's data do not start where the previous tensor's end.
    case notAdjacent(expected: Int, found: Int)
    /// The last tensor's data do not end with the file.
    case dataLength(expected: Int, found: Int)
}

extension SafetensorsFault: CustomStringConvertible {
    /// What was expected and what was found.
    public var description: String {
        switch self {
        case .headerLength(let length, let available):
            "safetensors: header of \(length) bytes, the file has \(available)"
        case .syntax(let expected, let found): "safetensors header: expected \(expected), found \(found)"
        case .badText: "safetensors header: text that is not valid JSON in UTF-8"
        case .duplicateKey(let key): "safetensors header: \"\(printable(key))\" appears twice"
        case .missingField(let field): "safetensors header: \"\(field)\" is missing"
        case .elementType(let found): "safetensors: unknown dtype \"\(printable(found))\""
        case .offsets(let begin, let end): "safetensors: data offsets \(begin) to \(end) are not in order"
        case .byteCount(let expected, let found): "safetensors: expected \(expected) bytes of data, found \(found)"
        case .shapeOverflow: "safetensors: the shape exceeds 64 bits"
        case .notAdjacent(let expected, let found):
            "safetensors: expected data from offset \(expected), found \(found): a hole or an overlap"
        case .dataLength(let expected, let found):
            "safetensors: expected \(expected) bytes of data in the file, found \(found)"
        }
    }
}
