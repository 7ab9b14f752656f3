extension JSONValue {
    /// Reads the JSON file at `path`: strict RFC 8259, no duplicate names.
    ///
    /// - Parameter limit: the most bytes of the file; in memory its values take many times as much.
    /// - Throws: what `FileInput.read` throws, or `JSONError.syntax` with the byte offset of the first violation.
    public static func read(_ path: String, limit: Int = 16 << 20) throws -> JSONValue {
        let storage = try FileInput.read(path, limit: limit)
        return try storage.withUnsafeBytes { try JSONReader.parse($0, source: path) }
    }

    /// The value of an object's member `name`; `nil` when there is none or the value is no object. Names are the same when
    /// their bytes are.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The number, if it is one.
    public var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    /// The integer, if it is one.
    public var integer: Int? { if case .integer(let integer) = self { integer } else { nil } }

    /// The string, if it is one.
    public var string: String? { if case .string(let string) = self { string } else { nil } }

    /// The elements, if it is an array.
    public var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
}
