/// Reads the members of one JSON object by name and refuses those that nobody asked for.
struct JSONMembers {
    let path: String
    private var remaining: [String: JSONValue]
    private let order: [String]

    /// - Throws: `ModelFormatError.member` when `value` is not an object.
    init(_ value: JSONValue, path: String) throws {
        guard case .object(let members) = value else {
            throw ModelFormatError.member(path: path, expected: "an object", found: value.kind)
        }
        self.path = path
        remaining = Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value) })
        order = members.map(\.name)
    }

    /// Throws when a member was never read.
    func finish() throws {
        if let unknown = order.first(where: { remaining[$0] != nil }) {
            throw ModelFormatError.member(path: path, expected: "no member \"\(unknown)\"", found: "one")
        }
    }

    mutating func optional(_ name: String) -> JSONValue? { remaining.removeValue(forKey: name) }

    func peek(_ name: String) -> JSONValue? { remaining[name] }

    mutating func value(_ name: String) throws -> JSONValue {
        guard let value = optional(name) else { throw mismatch(name, "a member", nil) }
        return value
    }

    func mismatch(_ name: String, _ expected: String, _ found: JSONValue?) -> ModelFormatError {
        .member(path: "\(path).\(name)", expected: expected, found: found?.kind ?? "none")
    }

    mutating func string(_ name: String) throws -> String {
        let value = try value(name)
        guard case .string(let string) = value else { throw mismatch(name, "a string", value) }
        return string
    }

    mutating func integer(_ name: String, default fallback: Int? = nil) throws -> Int {
        guard let value = optional(name) else {
            if let fallback { return fallback }
            throw mismatch(name, "an integer", nil)
        }
        guard case .integer(let integer) = value else { throw mismatch(name, "an integer", value) }
        return integer
    }

    /// A flag; absent means false.
    mutating func flag(_ name: String) throws -> Bool {
        guard let value = optional(name) else { return false }
        guard case .bool(let flag) = value else { throw mismatch(name, "a boolean", value) }
        return flag
    }

    mutating func array(_ name: String) throws -> [JSONValue] {
        let value = try value(name)
        guard case .array(let elements) = value else { throw mismatch(name, "an array", value) }
        return elements
    }

    mutating func integers(_ name: String, count: Int? = nil) throws -> [Int] {
        let elements = try array(name)
        let integers = elements.compactMap { if case .integer(let integer) = $0 { integer } else { nil } }
        guard integers.count == elements.count, count.map({ $0 == integers.count }) ?? true else {
            throw mismatch(name, "an array of \(count.map { "\($0) " } ?? "")integers", .array(elements))
        }
        return integers
    }

    /// Numbers, each rounded to the nearest `Float`; a finite one.
    mutating func floats(_ name: String, count: Int? = nil) throws -> [Float] {
        let elements = try array(name)
        let floats = elements.compactMap(\.float)
        guard floats.count == elements.count, count.map({ $0 == floats.count }) ?? true else {
            throw mismatch(name, "an array of \(count.map { "\($0) " } ?? "")finite numbers", .array(elements))
        }
        return floats
    }

    mutating func strings(_ name: String) throws -> [String] {
        let elements = try array(name)
        let strings = elements.compactMap { if case .string(let string) = $0 { string } else { nil } }
        guard strings.count == elements.count else { throw mismatch(name, "an array of strings", .array(elements)) }
        return strings
    }
}

extension JSONValue {
    fileprivate var float: Float? {
        switch self {
        case .integer(let integer): Float(integer)
        case .number(let number): Float(number).isFinite ? Float(number) : nil
        default: nil
        }
    }

    /// A float as the shortest decimal that reads back as the same float.
    public static func float(_ value: Float) -> JSONValue { .number(Double(value.description)!) }
}
