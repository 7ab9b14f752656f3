/// A strict reader of RFC 8259 JSON: valid UTF-8, no duplicate names, bounded depth, nothing after the value.
struct JSONReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private let source: String
    private let baseOffset: Int

    /// Parses `bytes`.
    ///
    /// - Parameters:
    ///   - source: what the bytes are, for error messages.
    ///   - baseOffset: where the bytes begin in `source`; added to every reported offset.
    /// - Throws: `ModelFormatError.json` with the byte offset of the first violation.
    static func parse(_ bytes: UnsafeRawBufferPointer, source: String, baseOffset: Int = 0) throws -> JSONValue {
        var reader = JSONReader(bytes: bytes, source: source, baseOffset: baseOffset)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.failure("expected the end, found more text") }
        return value
    }

    private init(bytes: UnsafeRawBufferPointer, source: String, baseOffset: Int) {
        self.bytes = bytes
        self.source = source
        self.baseOffset = baseOffset
    }

    private func failure(_ reason: String, at offset: Int? = nil) -> ModelFormatError {
        .json(source: source, offset: baseOffset + (offset ?? position), reason: reason)
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        guard next == UInt8(ascii: character) else {
            throw failure("expected '\(character)', found \(describeNext())")
        }
        position += 1
    }

    private func describeNext() -> String {
        guard let byte = next else { return "the end" }
        return (0x21...0x7E).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        guard depth < FormatLimits.jsonDepth else {
            throw failure("nested deeper than \(FormatLimits.jsonDepth) levels")
        }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try keyword("true", .bool(true))
        case UInt8(ascii: "f"): return try keyword("false", .bool(false))
        case UInt8(ascii: "n"): return try keyword("null", .null)
        default: return try number()
        }
    }

    private mutating func keyword(_ text: StaticString, _ value: JSONValue) throws -> JSONValue {
        let end = position + text.utf8CodeUnitCount
        guard end <= bytes.count,
            (position..<end).allSatisfy({ bytes[$0] == text.utf8Start[$0 - position] })
        else { throw failure("expected a value, found \(describeNext())") }
        position = end
        return value
    }

    private mutating func object(depth: Int) throws -> JSONValue {
        try expect("{")
        var members: [JSONValue.Member] = []
        var names: Set<String> = []
        skipSpace()
        if next == UInt8(ascii: "}") {
            position += 1
            return .object([])
        }
        while true {
            skipSpace()
            let start = position
            let name = try string()
            guard names.insert(name).inserted else { throw failure("the name \"\(name)\" appears twice", at: start) }
            skipSpace()
            try expect(":")
            members.append(.init(name, try value(depth: depth + 1)))
            skipSpace()
            if next == UInt8(ascii: ",") {
                position += 1
            } else {
                try expect("}")
                return .object(members)
            }
        }
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        try expect("[")
        var elements: [JSONValue] = []
        skipSpace()
        if next == UInt8(ascii: "]") {
            position += 1
            return .array([])
        }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if next == UInt8(ascii: ",") {
                position += 1
            } else {
                try expect("]")
                return .array(elements)
            }
        }
    }

    private mutating func number() throws -> JSONValue {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits()
        }
        var isInteger = true
        if next == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let integer = Int(text) { return .integer(integer) }
        guard let double = Double(text), double.isFinite else {
            throw failure("the number \(text.prefix(40)) is out of range", at: start)
        }
        return .number(double)
    }

    private mutating func digits() throws {
        guard let first = next, (0x30...0x39).contains(first) else {
            throw failure("expected a value, found \(describeNext())")
        }
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    }

    private mutating func string() throws -> String {
        try expect("\"")
        var text: [UInt8] = []
        let start = position
        while true {
            guard let byte = next else { throw failure("the text ends inside a string") }
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw failure("a string is not valid UTF-8", at: start)
                }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw failure("a control character inside a string", at: position - 1)
            default: text.append(byte)
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws {
        guard let byte = next else { throw failure("the text ends inside a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += Array(String(Character(try unicodeEscape())).utf8)
        default: throw failure("an unknown escape", at: position - 2)
        }
    }

    private mutating func unicodeEscape() throws -> Unicode.Scalar {
        let start = position - 2
        var code = UInt32(try hexadecimal())
        if (0xD800..<0xDC00).contains(code) {
            guard next == UInt8(ascii: "\\") else { throw failure("half of a surrogate pair", at: start) }
            position += 1
            try expect("u")
            let low = UInt32(try hexadecimal())
            guard (0xDC00..<0xE000).contains(low) else { throw failure("half of a surrogate pair", at: start) }
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair", at: start) }
        return scalar
    }

    private mutating func hexadecimal() throws -> UInt16 {
        guard position + 4 <= bytes.count,
            bytes[position..<(position + 4)].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 }),
            let code = UInt16(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16)
        else { throw failure("expected four hexadecimal digits") }
        position += 4
        return code
    }
}

extension JSONValue {
    /// Parses strict JSON.
    ///
    /// - Parameter source: what the bytes are, for error messages.
    /// - Throws: `ModelFormatError.json` with the byte offset of the first violation.
    public static func parse(_ bytes: [UInt8], source: String) throws -> JSONValue {
        try bytes.withUnsafeBytes { try JSONReader.parse($0, source: source) }
    }
}
