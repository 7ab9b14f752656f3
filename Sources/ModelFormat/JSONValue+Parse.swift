extension JSONValue {
    /// Reads the JSON file at `path`: strict RFC 8259, no duplicate names.
    ///
    /// - Throws: `ModelFormatError`: what `FileInput.read` throws, or `.json` with the byte offset of the first violation.
    public static func read(_ path: String, limit: Int = FormatLimits.fileBytes) throws -> JSONValue {
        let storage = try FileInput.read(path, limit: limit)
        return try withExtendedLifetime(storage) {
            try JSONReader.parse(UnsafeRawBufferPointer(storage.bytes), source: path)
        }
    }

    /// The value of an object's member `name`; `nil` when there is none or the value is no object.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
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
