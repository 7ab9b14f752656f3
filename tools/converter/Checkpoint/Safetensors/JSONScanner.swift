/// Reads the JSON of a safetensors header, and no more of JSON than that: objects, strings, and lists of numbers that
/// are not negative. Depth is bounded by the code that calls it.
struct JSONScanner {
    private var reader: ByteReader
    private let json: ArraySlice<UInt8>

    /// - Parameters:
    ///   - origin: where the text starts in what `place` names.
    init(_ json: ArraySlice<UInt8>, at place: CheckpointLocation, origin: Int) {
        reader = ByteReader(json, at: place, origin: origin)
        self.json = json
    }

    /// The place of the next byte.
    var here: CheckpointLocation { reader.here }

    /// An object. Calls `member` with each key, to read its value. A repeated key is an error.
    mutating func object(_ member: (ArraySlice<UInt8>, inout JSONScanner) throws -> Void) throws {
        var keys: Set<ArraySlice<UInt8>> = []
        try list(from: "{", to: "}") { scanner in
            let place = scanner.here
            let key = try scanner.string()
            guard keys.insert(key).inserted else {
                throw CheckpointError.safetensors(.duplicateKey(String(decoding: key, as: UTF8.self)), at: place)
            }
            try scanner.expect(":")
            try member(key, &scanner)
        }
    }

    /// A list of whole numbers.
    mutating func numbers() throws -> [Int] {
        var numbers: [Int] = []
        try list(from: "[", to: "]") { scanner in numbers.append(try scanner.number()) }
        return numbers
    }

    /// A string, in UTF-8.
    mutating func string() throws -> ArraySlice<UInt8> {
        skipSpace()
        let start = here
        try expect("\"")
        var bytes: [UInt8] = []
        while true {
            let byte = try reader.byte()
            switch byte {
            case UInt8(ascii: "\""):
                guard bytes[...].utf8Text != nil else { throw CheckpointError.safetensors(.badText, at: start) }
                return bytes[...]
            case UInt8(ascii: "\\"): bytes += try escape(start)
            case 0..<0x20: throw CheckpointError.safetensors(.badText, at: start)
            default: bytes.append(byte)
            }
        }
    }

    /// Throws unless only spaces are left.
    mutating func expectEnd() throws {
        skipSpace()
        try reader.expectEnd()
    }

    /// The error for something unexpected at the next byte.
    func fault(expected: String, found: String) -> CheckpointError {
        .safetensors(.syntax(expected: expected, found: found), at: here)
    }

    private mutating func list(
        from open: Unicode.Scalar, to close: Unicode.Scalar, _ item: (inout JSONScanner) throws -> Void
    ) throws {
        try expect(open)
        skipSpace()
        guard next != UInt8(ascii: close) else { return try expect(close) }
        while true {
            try item(&self)
            skipSpace()
            if next == UInt8(ascii: close) { return try expect(close) }
            guard next == UInt8(ascii: ",") else { throw fault(expected: "a comma or \(close)", found: shownNext) }
            try expect(",")
        }
    }

    private mutating func number() throws -> Int {
        skipSpace()
        let start = here
        var digits = ""
        while let digit = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit), digits.utf8.count < 20 {
            digits.unicodeScalars.append(Unicode.Scalar(try reader.byte()))
        }
        guard let value = Int(digits), digits.utf8.count == 1 || !digits.hasPrefix("0") else {
            let found = digits.isEmpty ? shownNext : digits
            throw CheckpointError.safetensors(
                .syntax(expected: "a whole number of at most 63 bits", found: found), at: start)
        }
        return value
    }

    private mutating func escape(_ start: CheckpointLocation) throws -> [UInt8] {
        let byte = try reader.byte()
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"):
            let first = try codeUnit(start)
            var units = [first]
            if UTF16.isLeadSurrogate(first) {
                guard try reader.take(2).equals("\\u") else { throw CheckpointError.safetensors(.badText, at: start) }
                units.append(try codeUnit(start))
            }
            var decoder = UTF16()
            var iterator = units.makeIterator()
            guard case .scalarValue(let scalar) = decoder.decode(&iterator), iterator.next() == nil else {
                throw CheckpointError.safetensors(.badText, at: start)
            }
            return Array(String(scalar).utf8)
        default: throw CheckpointError.safetensors(.badText, at: start)
        }
    }

    private mutating func codeUnit(_ start: CheckpointLocation) throws -> UInt16 {
        let digits = try reader.take(4)
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw CheckpointError.safetensors(.badText, at: start) }
        return unit
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        skipSpace()
        guard next == UInt8(ascii: character) else { throw fault(expected: "\(character)", found: shownNext) }
        _ = try reader.byte()
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { _ = try? reader.byte() }
    }

    private var next: UInt8? { reader.remaining > 0 ? json[json.startIndex + reader.offset] : nil }

    private var shownNext: String { next.map { "'\(printable(String(Unicode.Scalar($0))))'" } ?? "the end" }
}
