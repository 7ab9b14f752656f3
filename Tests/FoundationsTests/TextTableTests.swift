import Testing

@testable import Foundations

/// Text in columns, and what becomes of it where a terminal is narrow.
struct TextTableTests {
    private static func table() -> TextTable {
        var table = TextTable([.left("name"), .right("runs", rank: 1), .right("minimum", rank: 2), .right("ms")])
        table.append(["a", "10", "1.25", "1.5"])
        table.append(["features.denseblock_1", "2,000", "9.25", "10.5"])
        return table
    }

    @Test func columnsAreAligned() {
        var table = TextTable(untitled: [.left, .right, .left])
        table.append(["a", "1", "x"])
        table.append(["bcd", "234"])
        #expect(table.text() == "a      1  x\nbcd  234\n")
        #expect(TextTable(untitled: [.left]).text().isEmpty)
        #expect(
            Self.table().text() == """
                name                    runs  minimum    ms
                ─────────────────────  ─────  ───────  ────
                a                         10     1.25   1.5
                features.denseblock_1  2,000     9.25  10.5

                """)
    }

    @Test func theLeastImportantColumnGoesFirst() {
        #expect(
            Self.table().text(width: 38) == """
                name                    runs    ms
                ─────────────────────  ─────  ────
                a                         10   1.5
                features.denseblock_1  2,000  10.5
                (too narrow for: minimum)

                """)
    }

    @Test func thenWordsAreShortened() {
        #expect(
            Self.table().text(width: 20) == """
                name              ms
                ──────────────  ────
                a                1.5
                feature…lock_1  10.5
                (too narrow for:
                runs, minimum)

                """)
    }

    @Test(arguments: 1...60) func noLineIsWiderThanTheTerminal(width: Int) {
        let lines = Self.table().text(width: width).split(separator: "\n")
        #expect(lines.allSatisfy { $0.displayWidth <= width }, "\(lines)")
    }

    @Test func cellsOfWideAndCombiningCharacters() {
        #expect("ab".displayWidth == 2 && "e\u{301}".displayWidth == 1)
        #expect("日本".displayWidth == 4 && "👍🏽".displayWidth == 2)
        #expect("日本語日本語".shortened(to: 7) == "日…語")
        #expect("words that go on".wrapped(width: 6) == "words\nthat\ngo on")
        #expect("unbreakable".wrapped(width: 4) == "unbr\neaka\nble")
    }

    @Test func digitGroups() {
        let grouped = [0, 12, 123, 1234, 1_234_567, -1234].map(Format.grouped)
        #expect(grouped == ["0", "12", "123", "1,234", "1,234,567", "-1,234"])
    }
}
