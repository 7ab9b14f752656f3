/// A strict reader of RFC 8259 JSON: valid UTF-8, no duplicate names, bounded depth, nothing after the value.
///
/// Names are the same when their bytes are. Text is refused that Swift could not compare in linear time; see
/// `String.isStreamSafe`.
package struct JSONReader {
    /// Levels of nested arrays and objects.
    package static let depthLimit = 32

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private let source: String
    private let baseOffset: Int

    /// Parses `bytes`.
    ///
    /// - Parameters:
    ///   - source: what the bytes are, for error messages.
    ///   - baseOffset: where the bytes begin in `source`; added to every reported offset.
    /// - Throws: `JSONError.syntax` with the byte offset of the first violation.
    package static func parse(_ bytes: UnsafeRawBufferPointer, source: String, baseOffset: Int = 0) throws -> JSONValue
    {
        var reader = JSONReader(bytes: bytes, source: source, baseOffset: baseOffset)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else {
            throw reader.failure("expected the end, found \(reader.describeNext())")
        }
        return value
    }

    private init(bytes: UnsafeRawBufferPointer, source: String, baseOffset: Int) {
        self.bytes = bytes
        self.source = source
        self.baseOffset = baseOffset
    }

    private func failure(_ reason: String, at offset: Int? = nil) -> JSONError {
        .syntax(source: source, offset: baseOffset + (offset ?? position), reason: reason)
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func describeNext() -> String {
        guard let byte = next else { return "the end" }
        return (0x21...0x7E).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Steps over `character` if it is next.
    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        guard accept(character) else { throw failure("expected '\(character)', found \(describeNext())") }
    }
}

extension JSONReader {
    /// Reads a value; `depth` arrays and objects are around it.
    private mutating func value(depth: Int) throws -> JSONValue {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try keyword("true", .bool(true))
        case UInt8(ascii: "f"): return try keyword("false", .bool(false))
        case UInt8(ascii: "n"): return try keyword("null", .null)
        default: return try number()
        }
    }

    private mutating func open(_ bracket: Unicode.Scalar, depth: Int) throws {
        guard depth <= Self.depthLimit else {
            throw failure("nested deeper than \(Self.depthLimit) levels")
        }
        try expect(bracket)
        skipSpace()
    }

    private mutating func object(depth: Int) throws -> JSONValue {
        try open("{", depth: depth)
        if accept("}") { return .object([]) }
        var members: [JSONValue.Member] = []
        var names: Set<[UInt8]> = []
        while true {
            skipSpace()
            let start = position
            let name = try string()
            guard names.insert(Array(name.utf8)).inserted else {
                throw failure("the name \"\(name)\" appears twice", at: start)
            }
            skipSpace()
            try expect(":")
            members.append(.init(name, try value(depth: depth)))
            skipSpace()
            if accept(",") { continue }
            try expect("}")
            return .object(members)
        }
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        try open("[", depth: depth)
        if accept("]") { return .array([]) }
        var elements: [JSONValue] = []
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            if accept(",") { continue }
            try expect("]")
            return .array(elements)
        }
    }

    private mutating func keyword(_ text: StaticString, _ value: JSONValue) throws -> JSONValue {
        let word = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes[position...].starts(with: word) else {
            throw failure("expected a value, found \(describeNext())")
        }
        position += word.count
        return value
    }

    private mutating func number() throws -> JSONValue {
        let start = position
        let isNegative = accept("-")
        // No digit follows a leading zero.
        if !accept("0") { try digits(isNegative ? "a digit" : "a value") }
        var isInteger = true
        if accept(".") {
            isInteger = false
            try digits("a digit")
        }
        if accept("e") || accept("E") {
            isInteger = false
            if !accept("+") { _ = accept("-") }
            try digits("a digit")
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let integer = Int(text) { return .integer(integer) }
        guard let double = Double(text), double.isFinite else {
            throw failure("the number \(text) is out of range", at: start)
        }
        return .number(double)
    }

    private mutating func digits(_ expected: String) throws {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        guard position > start else { throw failure("expected \(expected), found \(describeNext())") }
    }
}

extension JSONReader {
    private mutating func string() throws -> String {
        try expect("\"")
        let start = position
        var text: [UInt8] = []
        var plain = position
        while true {
            guard let byte = next else { throw failure("the text ends inside a string") }
            switch byte {
            case UInt8(ascii: "\""):
                text += bytes[plain..<position]
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw failure("a string is not valid UTF-8", at: firstInvalid(start..<position))
                }
                guard string.isStreamSafe else {
                    throw failure("a string with more than 30 combining characters in a row", at: start)
                }
                position += 1
                return string
            case UInt8(ascii: "\\"):
                text += bytes[plain..<position]
                text += Array(Character(try escape()).utf8)
                plain = position
            case 0..<0x20: throw failure("a control character inside a string")
            default: position += 1
            }
        }
    }

    /// Where a string's raw bytes stop being UTF-8. Escapes are ASCII, so they begin and end nothing else.
    private func firstInvalid(_ range: Range<Int>) -> Int {
        var parser = Unicode.UTF8.ForwardParser()
        var remaining = bytes[range].makeIterator()
        var offset = range.lowerBound
        while case .valid(let scalar) = parser.parseScalar(from: &remaining) { offset += scalar.count }
        return offset
    }

    private mutating func escape() throws -> Unicode.Scalar {
        let start = position
        position += 1
        guard let byte = next else { throw failure("the text ends inside a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(start: start)
        default: throw failure("an unknown escape", at: start)
        }
    }

    private mutating func unicodeEscape(start: Int) throws -> Unicode.Scalar {
        var code = try hexadecimal()
        if (0xD800..<0xDC00).contains(code), accept("\\"), accept("u") {
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low) else { throw failure("half of a surrogate pair", at: start) }
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair", at: start) }
        return scalar
    }

    private mutating func hexadecimal() throws -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("expected a hexadecimal digit, found \(describeNext())")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }
}

extension JSONValue {
    /// Parses strict JSON.
    ///
    /// - Parameter source: what the bytes are, for error messages.
    /// - Throws: `JSONError.syntax` with the byte offset of the first violation.
    public static func parse(_ bytes: [UInt8], source: String) throws -> JSONValue {
        try bytes.withUnsafeBytes { try JSONReader.parse($0, source: source) }
    }
}
