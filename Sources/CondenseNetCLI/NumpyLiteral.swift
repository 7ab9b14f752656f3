/// Values of a `.npy` header: the Python literals that NumPy itself writes there.
enum NumpyLiteral: Equatable {
    case string(String)
    case bool(Bool)
    case tuple([Int])
    case number(Int)
    /// A list or a tuple of other things, such as a structured type; what is in it was read and counts for nothing here.
    case other

    /// The header is no such literal.
    struct Malformed: Error { let reason: String }

    /// The dictionary that `header` is, white space and comments around its parts left out. Of a key that comes twice the
    /// last value counts, as in Python.
    ///
    /// - Throws: `Malformed`.
    static func dictionary(_ header: String) throws -> [String: NumpyLiteral] {
        var reader = Reader(rest: Array(header.utf8)[...])
        let entries = try reader.dictionary()
        guard reader.isAtEnd else { throw Malformed(reason: "more after it") }
        return entries
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        var isAtEnd: Bool {
            mutating get {
                skip()
                return rest.isEmpty
            }
        }

        /// White space, and comments up to the line's end.
        private mutating func skip() {
            while let byte = rest.first {
                if byte == UInt8(ascii: "#") {
                    rest = rest.drop { $0 != UInt8(ascii: "\n") }
                } else if [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(byte) {
                    rest = rest.dropFirst()
                } else {
                    return
                }
            }
        }

        private mutating func take(_ character: Character) -> Bool {
            skip()
            guard rest.first == character.asciiValue else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func dictionary() throws -> [String: NumpyLiteral] {
            guard take("{") else { throw Malformed(reason: "no dictionary") }
            var entries: [String: NumpyLiteral] = [:]
            while !take("}") {
                guard case .string(let key) = try value(depth: 0) else {
                    throw Malformed(reason: "a key that is no text")
                }
                guard take(":") else { throw Malformed(reason: "no value of \(key.prefix(40))") }
                entries[key] = try value(depth: 0)
                guard take(",") else {
                    guard take("}") else { throw Malformed(reason: "no end of the dictionary") }
                    break
                }
            }
            return entries
        }

        private mutating func value(depth: Int) throws -> NumpyLiteral {
            guard depth < 16 else { throw Malformed(reason: "nested values") }
            skip()
            switch rest.first {
            case UInt8(ascii: "'"), UInt8(ascii: "\""): return .string(try string())
            case UInt8(ascii: "("):
                rest = rest.dropFirst()
                return try sequence(until: ")", depth: depth)
            case UInt8(ascii: "["):
                rest = rest.dropFirst()
                _ = try sequence(until: "]", depth: depth)
                return .other
            default: return try word()
            }
        }

        private mutating func string() throws -> String {
            let quote = rest.removeFirst()
            var bytes: [UInt8] = []
            while let byte = rest.popFirst() {
                if byte == quote { return String(decoding: bytes, as: UTF8.self) }
                guard byte != UInt8(ascii: "\\"), byte != UInt8(ascii: "\n") else { break }
                bytes.append(byte)
            }
            throw Malformed(reason: "a text without its end, or with escapes")
        }

        private mutating func sequence(until end: Character, depth: Int) throws -> NumpyLiteral {
            var numbers: [Int]? = []
            var count = 0
            var last: NumpyLiteral?
            var hasComma = false
            while !take(end) {
                guard count == 0 || hasComma else { throw Malformed(reason: "values without a comma") }
                let value = try value(depth: depth + 1)
                if case .number(let number) = value { numbers?.append(number) } else { numbers = nil }
                last = value
                count += 1
                hasComma = take(",")
            }
            // One value in parentheses is that value.
            if end == ")", count == 1, !hasComma, let last { return last }
            return numbers.map(NumpyLiteral.tuple) ?? .other
        }

        private mutating func word() throws -> NumpyLiteral {
            if take("-") {
                guard case .number(let number) = try word() else { throw Malformed(reason: "a sign before no number") }
                return .number(-number)
            }
            let word = rest.prefix { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            }
            rest = rest.dropFirst(word.count)
            let text = String(decoding: word, as: UTF8.self)
            switch text {
            case "True": return .bool(true)
            case "False": return .bool(false)
            case "None": return .other
            default:
                // Python takes no number with zeros before it.
                guard let number = Int(text), number >= 0, text == "0" || text.first != "0" else {
                    throw Malformed(reason: text.isEmpty ? "an unexpected character" : "\(text.prefix(40))")
                }
                return .number(number)
            }
        }
    }
}
