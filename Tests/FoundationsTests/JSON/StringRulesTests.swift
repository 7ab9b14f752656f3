import Testing

@testable import Foundations

@Suite struct StringRulesTests {
    @Test(arguments: [
        ("features.denseblock_1.conv", true), ("!~", true), (String(repeating: "a", count: 256), true),
        ("", false), ("a b", false), ("a\n", false), ("\u{7F}", false), ("é", false), ("\u{212A}", false),
        (String(repeating: "a", count: 257), false),
    ])
    func identifier(text: String, expected: Bool) { #expect(text.isIdentifier == expected) }

    // The type is stated, because Swift 6.0 takes too long to find it.
    private static let marks: [(String, Bool)] = [
        ("", true), ("plain", true), ("a" + String(repeating: "\u{301}", count: 30), true),
        ("a" + String(repeating: "\u{301}", count: 31), false),
        (String(repeating: "\u{301}\u{323}", count: 15) + "\u{301}", false),
        (String(repeating: "é" + String(repeating: "\u{323}", count: 30), count: 1000), true),
        (String(repeating: "\u{1161}\u{200D}\u{FE0F}", count: 1000), true),
    ]

    /// Marks above and below, joiners and letters of Hangul: only those that combine are counted, in a row.
    @Test(arguments: marks)
    func streamSafety(text: String, expected: Bool) { #expect(text.isStreamSafe == expected) }

    /// The 65 characters of Unicode's category Cc, its bidirectional controls and its two separators are refused, and no
    /// other.
    @Test func controlCharactersCannotBePrinted() {
        for code in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(code) else { continue }
            let turns =
                [0x61C, 0x200E, 0x200F].contains(code) || (0x202A...0x202E).contains(code)
                || (0x2066...0x2069).contains(code)
            let isRefused =
                switch scalar.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator: true
                default: turns
                }
            if String(Character(scalar)).isPrintable == isRefused {
                Issue.record("U+\(String(code, radix: 16))")
            }
        }
    }

    @Test(arguments: [
        ("", ""), ("photo é 日本 \u{1F600}.png", "photo é 日本 \u{1F600}.png"), ("a\nb\r\n", "a\\u{a}b\\u{d}\\u{a}"),
        ("\u{1B}[2J\u{9B}\u{202E}", "\\u{1b}[2J\\u{9b}\\u{202e}"), ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
    ])
    func whatBreaksALineIsEscaped(text: String, expected: String) { #expect(text.onOneLine == expected) }

    @Test func errorsStayOnOneLineAndShort() {
        let hostile = "\u{1B}[2J\n\u{9B}" + String(repeating: "x", count: 100_000)
        let errors: [JSONError] = [
            .syntax(source: "header", offset: 0, reason: hostile),
            .member(path: hostile, expected: hostile, found: hostile),
        ]
        for error in errors {
            #expect(error.description.isPrintable, "\(error.description)")
            #expect(error.description.utf8.count < 1000)
            #expect(error.description.contains("\\u{1B}[2J\\n\\u{009B}xxx"))
        }
    }

    @Test(arguments: ["\u{202E}", "\u{2066}", "\u{200F}", "\u{61C}", "\u{2028}", "\u{2029}"])
    func whatTurnsOrBreaksALineIsNotPrintable(scalar: String) {
        let text = "a\(scalar)b"
        #expect(!text.isPrintable)
        #expect(text.excerpt.isPrintable && text.onOneLine.isPrintable)
        #expect("שלום مرحبا 👩‍👧".isPrintable)
    }
}
