import Foundations
import Testing

@testable import ModelFormat

@Suite struct ModelFormatErrorTests {
    @Test func errorsStayOnOneLineAndShort() {
        let hostile = "\u{1B}[2J\n\u{9B}" + String(repeating: "x", count: 100_000)
        let errors: [ModelFormatError] = [
            .notAModel(found: hostile), .version(found: hostile, supported: "1"),
            .limit(what: hostile, found: 2, limit: 1),
            .tensor(name: hostile, expected: hostile, found: hostile),
            .step(name: hostile, expected: hostile, found: hostile),
            .value(name: hostile, expected: hostile, found: hostile),
            .checksum(stored: hostile, computed: "00000000"),
        ]
        for error in errors {
            #expect(error.description.isPrintable, "\(error.description)")
            #expect(error.description.utf8.count < 1000)
            #expect(error.description.contains("\\u{1B}[2J\\n\\u{009B}xxx"))
        }
    }
}
