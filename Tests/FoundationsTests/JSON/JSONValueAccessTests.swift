import Foundations
import TestSupport
import Testing

@Suite struct JSONValueAccessTests {
    @Test func valuesByKind() {
        #expect(JSONValue.integer(3).integer == 3 && JSONValue.integer(3).double == 3)
        #expect(JSONValue.number(0.5).double == 0.5 && JSONValue.number(0.5).integer == nil)
        #expect(JSONValue.string("a").string == "a" && JSONValue.string("1").double == nil)
        #expect(JSONValue.null.string == nil && JSONValue.bool(true).integer == nil)
    }

    @Test func aFileIsReadWithinItsLimit() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array("{\"a\":[1,2]}\n".utf8), to: "report.json")
        #expect(try JSONValue.read(path) == ["a": [1, 2]])
        #expect(throws: FileError.tooLarge(path: path, found: 12, limit: 11)) {
            try JSONValue.read(path, limit: 11)
        }
        let broken = try folder.write(Array("{\"a\":[1,2}".utf8), to: "broken.json")
        #expect(throws: JSONError.syntax(source: broken, offset: 9, reason: "expected ']', found '}'")) {
            try JSONValue.read(broken)
        }
    }
}
