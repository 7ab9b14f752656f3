import Foundation
import Testing

@testable import Foundations

@Suite struct JSONWriterTests {
    @Test func compactText() {
        let value: JSONValue = ["a": [1, -2, 0.5], "b": ["c": .null, "d": true], "e": [], "f": [:], "g": "h"]
        #expect(value.text() == #"{"a":[1,-2,0.5],"b":{"c":null,"d":true},"e":[],"f":{},"g":"h"}"#)
    }

    @Test func expandedText() {
        let value: JSONValue = ["a": [[1, 2], [:]], "b": []]
        #expect(value.text(expandedLevels: 1) == "{\n  \"a\": [[1, 2], {}],\n  \"b\": []\n}")
        #expect(value.text(expandedLevels: 2) == "{\n  \"a\": [\n    [1, 2],\n    {}\n  ],\n  \"b\": []\n}")
    }

    @Test func stringsAreEscapedSoThatTextStaysOnOneLine() {
        let text = "\"\\/\u{8}\u{C}\n\r\t\u{0}\u{1F}\u{7F}\u{2028}\u{2029}é😀"
        #expect(
            JSONValue.string(text).text()
                == #""\"\\/\u0008\u000c\n\r\t\u0000\u001f\u007f\u2028\u2029é😀""#)
    }

    @Test(
        arguments: [
            (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (0.1, "0.1"), (1e16, "1e+16"), (1e-5, "1e-05"),
            (0x1p-1074, "5e-324"),
            (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
        ] as [(Double, String)])
    func number(value: Double, text: String) { #expect(JSONValue.number(value).text() == text) }

    /// Foundation's reader, which shares nothing with this module, understands the same.
    @Test func foundationReadsWhatIsWritten() throws {
        let value: JSONValue = ["text": "\u{1}\"\\é😀\u{2028}", "numbers": [0.1, -3, 1e300], "flag": false]
        let read = try JSONSerialization.jsonObject(with: Data(value.text(expandedLevels: 1).utf8)) as? [String: Any]
        #expect(read?["text"] as? String == "\u{1}\"\\é😀\u{2028}")
        #expect(read?["numbers"] as? [Double] == [0.1, -3, 1e300])
        #expect(read?["flag"] as? Bool == false)
    }

    @Test func randomValuesReadBack() throws {
        let seed: UInt64 = 3
        var random = SplitMix64(seed: seed)
        for trial in 0..<2000 {
            let value = randomValue(depth: 0, &random)
            let levels = Int.random(in: 0...4, using: &random)
            let text = Array(value.text(expandedLevels: levels).utf8)
            #expect(try JSONValue.parse(text, source: "text") == value, "seed \(seed), trial \(trial)")
        }
    }

    /// Through text and `Double`, every float comes back: powers of two and their neighbours, and random patterns.
    @Test func floatsReadBack() throws {
        var random = SplitMix64(seed: 4)
        let powers = (0..<255).map { Float(bitPattern: UInt32($0) << 23) }
        let edges = powers.flatMap { [$0, $0.nextUp, $0.nextDown] } + [.greatestFiniteMagnitude]
        let others = (0..<200_000).map { _ in Float(bitPattern: UInt32.random(in: 0..<0x7F80_0000, using: &random)) }
        for float in edges + others {
            let text = JSONValue.float(float).text()
            if try JSONValue.parse(Array(text.utf8), source: "text").float != float {
                Issue.record("\(float): \(text)")
            }
        }
    }

    private func randomValue(depth: Int, _ random: inout SplitMix64) -> JSONValue {
        switch Int.random(in: 0..<(depth < 5 ? 8 : 6), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .integer(Int.random(in: .min ... .max, using: &random))
        case 3: .integer(Int.random(in: -9...9, using: &random))
        case 4:
            .number(Double(bitPattern: UInt64.random(in: 0..<0x7FF0_0000_0000_0000, using: &random)))
        case 5: .string(randomText(&random))
        case 6:
            .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in randomValue(depth: depth + 1, &random) })
        default:
            .object(
                (0..<Int.random(in: 0..<5, using: &random)).map {
                    .init("\($0)" + randomText(&random), randomValue(depth: depth + 1, &random))
                })
        }
    }

    private func randomText(_ random: inout SplitMix64) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0..<8, using: &random) {
            let bound: UInt32 = [0x80, 0x800, 0x1_0000, 0x11_0000].randomElement(using: &random)!
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<bound, using: &random)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
