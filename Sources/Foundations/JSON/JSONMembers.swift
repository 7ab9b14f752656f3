/// Reads the members of one JSON object by name and refuses those that nobody asked for.
///
/// Names are compared byte by byte.
public struct JSONMembers {
    /// What the object is, for error messages.
    public let path: String
    private let members: [JSONValue.Member]
    private var isRead: [Bool]

    /// - Throws: `JSONError.member` when `value` is not an object.
    package init(_ value: JSONValue, path: String) throws {
        guard case .object(let members) = value else {
            throw JSONError.member(path: path, expected: "an object", found: value.summary)
        }
        self.path = path
        self.members = members
        isRead = Array(repeating: false, count: members.count)
    }

    /// Throws when a member was never read.
    package func finish() throws {
        if let position = isRead.firstIndex(of: false) {
            throw JSONError.member(
                path: path, expected: "no member \"\(members[position].name)\"", found: "one")
        }
    }

    /// The error that says what was found under `name`.
    package func mismatch(_ name: String, _ expected: String, _ found: JSONValue?) -> JSONError {
        .member(path: "\(path).\(name)", expected: expected, found: found?.summary ?? "none")
    }

    package mutating func optional(_ name: String) -> JSONValue? {
        guard let position = members.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) else { return nil }
        isRead[position] = true
        return members[position].value
    }

    package mutating func value(_ name: String, _ expected: String = "a member") throws -> JSONValue {
        guard let value = optional(name) else { throw mismatch(name, expected, nil) }
        return value
    }

    /// Any text; it is neither compared nor used as a key.
    package mutating func string(_ name: String) throws -> String {
        let value = try value(name, "a string")
        guard case .string(let string) = value else { throw mismatch(name, "a string", value) }
        return string
    }

    /// Text that is a name; see `String.isIdentifier`.
    package mutating func identifier(_ name: String) throws -> String {
        let string = try string(name)
        guard string.isIdentifier else { throw mismatch(name, String.identifierRule, .string(string)) }
        return string
    }

    package mutating func integer(_ name: String, default fallback: Int? = nil) throws -> Int {
        guard let integer = try optionalInteger(name) ?? fallback else { throw mismatch(name, "an integer", nil) }
        return integer
    }

    /// An integer; absent means `nil`.
    package mutating func optionalInteger(_ name: String) throws -> Int? {
        guard let value = optional(name) else { return nil }
        guard case .integer(let integer) = value else { throw mismatch(name, "an integer", value) }
        return integer
    }

    /// An integer, or `nil` for JSON's null; the member must be there.
    package mutating func integerOrNull(_ name: String) throws -> Int? {
        switch try value(name, "an integer or null") {
        case .null: return nil
        case .integer(let integer): return integer
        case let other: throw mismatch(name, "an integer or null", other)
        }
    }

    /// A flag; absent means false.
    package mutating func flag(_ name: String) throws -> Bool {
        guard let value = optional(name) else { return false }
        guard case .bool(let flag) = value else { throw mismatch(name, "a boolean", value) }
        return flag
    }

    package mutating func array(_ name: String) throws -> [JSONValue] {
        let value = try value(name, "an array")
        guard case .array(let elements) = value else { throw mismatch(name, "an array", value) }
        return elements
    }

    package mutating func integers(_ name: String, count: Int? = nil) throws -> [Int] {
        try elements(name, of: "an integer", count: count) {
            if case .integer(let integer) = $0 { integer } else { nil }
        }
    }

    /// Numbers, each rounded to the nearest `Float`; a finite one.
    package mutating func floats(_ name: String, count: Int? = nil) throws -> [Float] {
        try elements(name, of: "a finite number", count: count, \.float)
    }

    package mutating func strings(_ name: String) throws -> [String] {
        try elements(name, of: "a string", count: nil) { if case .string(let string) = $0 { string } else { nil } }
    }

    private mutating func elements<Element>(
        _ name: String, of expected: String, count: Int?, _ element: (JSONValue) -> Element?
    ) throws -> [Element] {
        let values = try array(name)
        if let count, count != values.count {
            throw JSONError.member(
                path: "\(path).\(name)", expected: "\(count) elements", found: "\(values.count)")
        }
        var elements: [Element] = []
        elements.reserveCapacity(values.count)
        for value in values {
            guard let element = element(value) else { throw mismatch("\(name)[\(elements.count)]", expected, value) }
            elements.append(element)
        }
        return elements
    }
}

extension JSONValue {
    /// The nearest float, if this is a number and the float finite.
    package var float: Float? {
        switch self {
        case .integer(let integer): Float(integer)
        case .number(let number): Float(number).isFinite ? Float(number) : nil
        default: nil
        }
    }
}
