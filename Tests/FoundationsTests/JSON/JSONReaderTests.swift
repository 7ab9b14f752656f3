import Testing

@testable import Foundations

@Suite struct JSONReaderTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONValue.parse(Array(text.utf8), source: "text") }

    @Test(
        arguments: [
            ("null", .null), ("true", true), ("false", false), ("0", 0), ("-0", 0), ("-1", -1),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(0x1p63)), ("18446744073709551615", .number(0x1p64)),
            ("1.0", .number(1)), ("-0.0", .number(-0.0)), ("1e2", .number(100)), ("1E+2", .number(100)),
            ("12.5e-1", .number(1.25)), ("1e-400", .number(0)),
            ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)),
            ("5e-324", .number(.leastNonzeroMagnitude)), ("\"\"", ""), ("[]", []), ("{}", [:]), ("[[],{}]", [[], [:]]),
            (" \t\r\n[ 1 , 2 ]\n", [1, 2]), ("{\"a\":1,\"b\":[true,null]}", ["a": 1, "b": [true, .null]]),
            ("{\"\":0}", ["": 0]), ("{\"b\":1,\"a\":2}", ["b": 1, "a": 2]),
        ] as [(String, JSONValue)])
    func value(text: String, expected: JSONValue) throws { #expect(try parse(text) == expected) }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
        (#""\ud83d\uDE00""#, "😀"), (#""\u0000""#, "\0"), (#""\uFFFF\ufffe""#, "\u{FFFF}\u{FFFE}"),
        ("\"é😀\u{7F}\"", "é😀\u{7F}"),
        (#""\u0065\u0301""#, "e\u{301}"), (#""\\u0041""#, #"\u0041"#),
    ])
    func string(text: String, expected: String) throws {
        guard case .string(let string) = try parse(text) else {
            Issue.record("not a string")
            return
        }
        #expect(Array(string.unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test(arguments: [
        ("", 0, "expected a value, found the end"), (" ", 1, "expected a value, found the end"),
        ("[", 1, "expected a value, found the end"), ("[1", 2, "expected ']', found the end"),
        ("[1,]", 3, "expected a value, found ']'"), ("[1 2]", 3, "expected ']', found '2'"),
        ("[,1]", 1, "expected a value, found ','"), ("]", 0, "expected a value, found ']'"),
        ("{", 1, "expected '\"', found the end"), ("{\"a\"}", 4, "expected ':', found '}'"),
        ("{\"a\":}", 5, "expected a value, found '}'"), ("{\"a\":1,}", 7, "expected '\"', found '}'"),
        ("{\"a\":1", 6, "expected '}', found the end"), ("{a:1}", 1, "expected '\"', found 'a'"),
        ("{1:1}", 1, "expected '\"', found '1'"), ("{\"a\":1;\"b\":2}", 6, "expected '}', found ';'"),
        ("1 1", 2, "expected the end, found '1'"), ("[]x", 2, "expected the end, found 'x'"),
        ("nul", 0, "expected a value, found 'n'"), ("True", 0, "expected a value, found 'T'"),
        ("truefalse", 4, "expected the end, found 'f'"), ("NaN", 0, "expected a value, found 'N'"),
        ("Infinity", 0, "expected a value, found 'I'"), ("-Infinity", 1, "expected a digit, found 'I'"),
        ("+1", 0, "expected a value, found '+'"), ("-", 1, "expected a digit, found the end"),
        ("01", 1, "expected the end, found '1'"), ("-01", 2, "expected the end, found '1'"),
        ("1.", 2, "expected a digit, found the end"), (".5", 0, "expected a value, found '.'"),
        ("1.e5", 2, "expected a digit, found 'e'"), ("1e", 2, "expected a digit, found the end"),
        ("1e+-2", 3, "expected a digit, found '-'"), ("0x10", 1, "expected the end, found 'x'"),
        ("1e400", 0, "the number 1e400 is out of range"), ("[0,-1e999]", 3, "the number -1e999 is out of range"),
        ("'a'", 0, "expected a value, found '''"), ("// a\n1", 0, "expected a value, found '/'"),
        ("\u{FEFF}1", 0, "expected a value, found byte 239"), ("\u{A0}1", 0, "expected a value, found byte 194"),
        ("\u{C}1", 0, "expected a value, found byte 12"), ("\0", 0, "expected a value, found byte 0"),
        ("\"", 1, "the text ends inside a string"), ("\"a\\", 3, "the text ends inside a string"),
        ("\"a\nb\"", 2, "a control character inside a string"), ("\"\0\"", 1, "a control character inside a string"),
        (#""\a""#, 1, "an unknown escape"), (#""ab\'""#, 3, "an unknown escape"),
        (#""\U0041""#, 1, "an unknown escape"),
        (#""\u00g0""#, 5, "expected a hexadecimal digit, found 'g'"),
        (#""\u12""#, 5, "expected a hexadecimal digit, found '\"'"),
        (#""\u١٢٣٤""#, 3, "expected a hexadecimal digit, found byte 217"),
        (#""\u-001""#, 3, "expected a hexadecimal digit, found '-'"),
        (#""\u00"#, 5, "expected a hexadecimal digit, found the end"),
        (#""\ud800""#, 1, "half of a surrogate pair"), (#""\udc00""#, 1, "half of a surrogate pair"),
        (#""x\ud800\u0041""#, 2, "half of a surrogate pair"), (#""\ud800\ud800""#, 1, "half of a surrogate pair"),
        (#""\ud800\n""#, 1, "half of a surrogate pair"), (#""\udc00\ud800""#, 1, "half of a surrogate pair"),
        (#"{"a":1,"a":2}"#, 7, "the name \"a\" appears twice"),
        (#"{"a":1,"\u0061":2}"#, 7, "the name \"a\" appears twice"),
        (#"[{"a":{"b":1,"b":1}}]"#, 13, "the name \"b\" appears twice"),
    ])
    func violation(text: String, offset: Int, reason: String) {
        #expect(throws: JSONError.syntax(source: "text", offset: offset, reason: reason)) { try parse(text) }
    }

    /// Overlong forms, surrogates, numbers beyond Unicode, bare continuation bytes, sequences cut short.
    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0xAF], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0xAF], [0xE2, 0x82],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0xAF], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xFE],
            [0xFF],
        ] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        let text = Array("[\"é\\n".utf8) + bytes + Array("\"]".utf8)
        #expect(throws: JSONError.syntax(source: "text", offset: 6, reason: "a string is not valid UTF-8")) {
            try JSONValue.parse(text, source: "text")
        }
        let name = Array("{\"".utf8) + bytes + Array("\":1}".utf8)
        #expect(throws: JSONError.syntax(source: "text", offset: 2, reason: "a string is not valid UTF-8")) {
            try JSONValue.parse(name, source: "text")
        }
    }

    /// Canonically equivalent names are one to Swift's `==` and two to everybody else.
    @Test func namesAreTheSameWhenTheirBytesAre() throws {
        let value = try parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
        guard case .object(let members) = value else { return #expect(Bool(false)) }
        #expect(members.map { Array($0.name.utf8) } == [[0xC3, 0xA9], [0x65, 0xCC, 0x81]])
        var read = try JSONMembers(value, path: "text")
        #expect(try read.integer("e\u{301}") == 2)
        #expect(try read.integer("\u{E9}") == 1)
    }

    @Test func depthIsBounded() throws {
        let limit = JSONReader.depthLimit
        func nested(_ depth: Int, _ open: String, _ close: String) -> String {
            String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        }
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            _ = try parse(nested(limit, open, close))
            let expected = JSONError.syntax(
                source: "text", offset: limit * open.utf8.count, reason: "nested deeper than \(limit) levels")
            #expect(throws: expected) { try parse(nested(limit + 1, open, close)) }
            #expect(throws: expected) { try parse(String(repeating: open, count: 1_000_000 / open.utf8.count)) }
        }
    }

    @Test func offsetsCountFromTheStartOfTheFile() {
        let text = Array("{\"a\" 1}".utf8)
        #expect(throws: JSONError.syntax(source: "header", offset: 13, reason: "expected ':', found '1'")) {
            try text.withUnsafeBytes { try JSONReader.parse($0, source: "header", baseOffset: 8) }
        }
    }

    @Test func everyPrefixOfATextIsRefused() throws {
        let text = Array(#"{"a":[1,-2.5e3,"\u00e9\ud83d\ude00x",{"b":null}],"c":true}"#.utf8)
        _ = try JSONValue.parse(text, source: "text")
        for count in text.indices {
            #expect(throws: JSONError.self, "\(count) bytes") {
                try JSONValue.parse(Array(text.prefix(count)), source: "text")
            }
        }
    }
}
