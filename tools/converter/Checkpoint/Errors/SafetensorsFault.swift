/// What is wrong with a safetensors file.
public enum SafetensorsFault: Equatable, Sendable {
    /// The header is longer than the file.
    case headerLength(UInt64, available: Int)
    /// The header is not strict JSON.
    case syntax(String)
    /// A part of the header is another value than the format allows.
    case field(expected: String, found: String)
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
        case .syntax(let reason): "safetensors header: \(printable(reason))"
        case .field(let expected, let found): "safetensors header: expected \(expected), found \(found)"
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
