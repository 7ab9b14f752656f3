import Testing

@testable import Foundations

@Suite struct JSONMembersTests {
    private func members(_ value: JSONValue) throws -> JSONMembers { try JSONMembers(value, path: "it") }

    @Test func aMemberThatNobodyAskedForIsRefused() throws {
        var read = try members(["a": 1, "b": 2, "c": 3])
        #expect(try read.integer("a") == 1)
        #expect(throws: JSONError.member(path: "it", expected: "no member \"b\"", found: "one")) {
            try read.finish()
        }
    }

    @Test func anythingButAnObjectIsRefused() {
        #expect(throws: JSONError.member(path: "it", expected: "an object", found: "an array")) {
            try members([])
        }
    }

    @Test func absentMembers() throws {
        var read = try members([:])
        #expect(try read.optionalInteger("a") == nil)
        #expect(try read.integer("a", default: 7) == 7)
        #expect(try read.flag("a") == false)
        for (expected, body) in [
            ("a string", { _ = try read.string("a") }), ("a string", { _ = try read.identifier("a") }),
            ("an integer", { _ = try read.integer("a") }), ("an integer or null", { _ = try read.integerOrNull("a") }),
            ("an array", { _ = try read.integers("a") }), ("an array", { _ = try read.floats("a") }),
            ("an array", { _ = try read.strings("a") }),
        ] as [(String, () throws -> Void)] {
            #expect(throws: JSONError.member(path: "it.a", expected: expected, found: "none"), performing: body)
        }
    }

    @Test func mistypedMembers() throws {
        var read = try members(["s": "x y", "n": 1.5, "l": [1, 2.5], "o": [:], "h": [1e39], "t": true])
        for (path, expected, found, body) in [
            ("s", "an integer", "\"x y\"", { _ = try read.integer("s") }),
            ("s", String.identifierRule, "\"x y\"", { _ = try read.identifier("s") }),
            ("n", "a string", "1.5", { _ = try read.string("n") }),
            ("n", "an integer", "1.5", { _ = try read.optionalInteger("n") }),
            ("n", "an integer or null", "1.5", { _ = try read.integerOrNull("n") }),
            ("n", "a boolean", "1.5", { _ = try read.flag("n") }),
            ("o", "an array", "an object", { _ = try read.integers("o") }),
            ("l[1]", "an integer", "2.5", { _ = try read.integers("l") }),
            ("l[0]", "a string", "1", { _ = try read.strings("l") }),
            ("l", "3 elements", "2", { _ = try read.integers("l", count: 3) }),
            ("h[0]", "a finite number", "1e+39", { _ = try read.floats("h") }),
            ("t", "an array", "true", { _ = try read.array("t") }),
        ] as [(String, String, String, () throws -> Void)] {
            #expect(
                throws: JSONError.member(path: "it.\(path)", expected: expected, found: found), performing: body)
        }
    }

    @Test func floatsRoundToNearest() throws {
        var read = try members(["a": [1, 0.1, 16_777_217, 1e-60]])
        #expect(try read.floats("a") == [1, 0.1, 16_777_216, 0])
    }
}
