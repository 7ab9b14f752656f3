import Foundations
import ModelFormat
import TestSupport
import Testing

/// Headers of a mebibyte, made to take time: whatever they hold, they are read or refused at once.
@Suite(.serialized) struct ExhaustionAttacks {
    /// A hundred times what an ordinary text of their length takes, and a hundredth of what the naive way would; in
    /// seconds of this thread's own time, which other work on the machine does not lengthen.
    private static let patience = {
        let text = Array(("[" + String(repeating: "0,", count: 1 << 19) + "0]").utf8)
        return 100 * threadSeconds { _ = try? JSONValue.parse(text, source: "text") }
    }()

    private func expectQuick(sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void) rethrows {
        let seconds = try threadSeconds(body)
        #expect(seconds < Self.patience, sourceLocation: sourceLocation)
    }

    /// A base with marks in the wrong order: Swift compares and hashes such text in quadratic time.
    private let marks =
        "a" + String(repeating: "\u{301}", count: 220_000) + String(repeating: "\u{323}", count: 220_000)

    private func expectQuickRefusal(
        _ expected: ((any CategorizedError)?) -> Bool, sourceLocation: SourceLocation = #_sourceLocation,
        change: (inout ForgedModel) -> Void
    ) {
        var forged = ForgedModel()
        change(&forged)
        let bytes = forged.bytes
        var error: (any CategorizedError)?
        expectQuick(sourceLocation: sourceLocation) {
            do { _ = try ModelFile(bytes: bytes) } catch let refusal { error = refusal as? any CategorizedError }
            _ = error?.description
        }
        #expect(expected(error), "\(error?.description ?? "loaded")", sourceLocation: sourceLocation)
    }

    private func isMember(_ error: (any CategorizedError)?) -> Bool {
        if case JSONError.member? = error { true } else { false }
    }

    @Test func textOfNothingButCombiningMarks() {
        func isJSON(_ error: (any CategorizedError)?) -> Bool {
            if case JSONError.syntax? = error { true } else { false }
        }
        let mark = JSONValue.string(marks)
        expectQuickRefusal(isJSON) { $0.tensors[0].name = marks }
        expectQuickRefusal(isJSON) { $0.metadata.members.append(.init(marks, "")) }
        expectQuickRefusal(isJSON) { $0.metadata["format"] = mark }
        expectQuickRefusal(isJSON) { $0.tensors[0].header["dtype"] = mark }
        expectQuickRefusal(isJSON) { $0.tensors[0].header = .object([.init(marks, 1)]) }
        expectQuickRefusal(isJSON) { $0[step: "stem"]["name"] = mark }
        expectQuickRefusal(isJSON) { $0[step: "stem"]["operation"] = mark }
        expectQuickRefusal(isJSON) { $0[step: "stem"].members.append(.init(marks, 1)) }
        expectQuickRefusal(isJSON) { $0[value: "block"]["name"] = mark }
        expectQuickRefusal(isJSON) { $0["graph"]["input"] = mark }
        expectQuickRefusal(isJSON) { $0["preprocessing"]["colorOrder"] = mark }
        expectQuickRefusal(isJSON) { $0["sample"]["seed"] = mark }
        expectQuickRefusal(isJSON) { $0["labels"][0] = mark }
        expectQuickRefusal(isJSON) { $0.metadata["name"] = mark }
    }

    /// As many combining characters in a row as are allowed, a mebibyte of them: as names, and as labels, which a program
    /// compares with the names of folders.
    @Test func asManyCombiningMarksAsAreAllowed() {
        let piece = "a" + String(repeating: "\u{323}\u{301}", count: 15)
        let text = String(repeating: piece, count: 8000)
        let bytes = Array(JSONValue.string(text).text().utf8)
        expectQuick {
            #expect((try? JSONValue.parse(bytes, source: "text")) == .string(text))
            #expect(Set([text]).contains(text))
        }
    }

    @Test(arguments: [
        "0,", "[],", "{},", "\"\",", "[0],", "{\"a\":0},", "1e9,", "-1.5,", "null,", "[[[[[[[[]]]]]]]],",
        "\"\\u0041\",",
    ])
    func aMillionElements(element: String) {
        let repeated = String(repeating: element, count: ((1 << 20) - 10) / element.utf8.count)
        let text = Array(("[" + repeated + "0]").utf8)
        expectQuick { #expect(throws: Never.self) { try JSONValue.parse(text, source: "text") } }
    }

    @Test func namesByTheThousand() {
        let text = Array(("{" + (0..<80_000).map { "\"n\($0)\":0" }.joined(separator: ",") + "}").utf8)
        expectQuick { #expect(throws: Never.self) { try JSONValue.parse(text, source: "text") } }
        expectQuickRefusal(isMember) { forged in
            forged[step: "stem"].members += (0..<40_000).map { .init("n\($0)", 0) }
        }
    }

    @Test(arguments: ["9", "0.", "1e", "-0.0", "\\u0041", "\\n", "é"])
    func oneLongToken(piece: String) {
        let digits = String(repeating: "7", count: 1_000_000)
        let text =
            switch piece {
            case "9", "-0.0", "0.", "1e": piece + digits
            default: "\"" + String(repeating: piece, count: 1_000_000 / piece.utf8.count) + "\""
            }
        expectQuick { _ = try? JSONValue.parse(Array(text.utf8), source: "text") }
    }

    @Test func labelsByTheHundredThousand() {
        let error = JSONError.member(path: "labels", expected: "5 labels, one a class", found: "150000")
        expectQuickRefusal({ $0 as? JSONError == error }) {
            $0["labels"] = .array(Array(repeating: "", count: 150_000))
        }
    }

    /// The largest graph there is: reading, proving and asking for every tensor and shape.
    @Test func fourThousandSteps() throws {
        let count = 4000
        let values = (0..<count).map { Value("v\($0)", PlaneShape(channels: 1, height: 1, width: 1)) }
        let steps = (0..<count).map {
            Step(
                name: "s\($0)", operation: Linear(outputs: 1), input: $0 == 0 ? "image" : "v\($0 - 1)",
                inputChannels: 1, output: "v\($0)")
        }
        let graph = Graph(
            values: [Value("image", PlaneShape(channels: 3, height: 1, width: 1))] + values, steps: steps,
            input: "image", output: "v\(count - 1)")
        let description = ModelDescription(
            name: "Long", graph: graph,
            preprocessing: Preprocessing(resize: nil, crop: nil, mean: [0, 0, 0], std: [1, 1, 1]))
        let text = Array(ArchitectureFile.text(description).utf8)
        try expectQuick {
            let read = try text.withUnsafeBytes { try ArchitectureFile.parse($0) }
            #expect(read.graph.tensors.count == 2 * count)
            #expect(read.graph.steps.map(read.graph.shapes(of:)).allSatisfy { $0.multiplyAccumulates == 1 })
        }
    }
}
