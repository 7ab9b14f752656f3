/// A JSON value whose objects keep the order of their members.
///
/// The model file's header, architecture files and every `--json` output are read and written with this type alone.
/// Integers that fit `Int` are kept apart from other numbers, so that shapes and offsets never pass through `Double`.
public enum JSONValue: Equatable, Sendable {
    /// JSON's null.
    case null
    /// True or false.
    case bool(Bool)
    /// A number written without fraction and exponent that fits `Int`.
    case integer(Int)
    /// Any other number, rounded to the nearest `Double`; finite where it was read from text.
    case number(Double)
    /// Text.
    case string(String)
    /// Values in order.
    case array([JSONValue])
    /// Members in order. No two have the same name where it was read from text.
    case object([Member])

    /// One name and value of an object.
    public struct Member: Equatable, Sendable {
        /// The name, unescaped.
        public let name: String
        /// The value.
        public let value: JSONValue

        /// A member of an object.
        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// A word for the kind of value, for error messages.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The value itself where it is short, else its kind, for error messages.
    package var summary: String {
        switch self {
        case .bool(let flag): "\(flag)"
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .string(let string): "\"\(string)\""
        default: kind
        }
    }

    /// A number that reads back as the same float: the shortest decimal that does.
    public static func float(_ value: Float) -> JSONValue { .number(Double(value.description)!) }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
    /// An object, members in the literal's order.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }

    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }

    /// An integer.
    public init(integerLiteral value: Int) { self = .integer(value) }

    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }

    /// True or false.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
