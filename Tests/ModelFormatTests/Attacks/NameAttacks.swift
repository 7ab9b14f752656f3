import Foundations
import ModelFormat
import Testing

/// Class 6: names that clash, lack, surprise or are no text, and JSON that nests too deep.
@Suite struct NameAttacks {
    private let rule = "a name of 1 to 256 printable ASCII characters without spaces"

    private func offset(of text: String, in forged: ForgedModel, after start: Int = 0) -> Int {
        let header = Array(forged.header.text().utf8)
        return 8 + (start..<header.count).first { header[$0...].starts(with: text.utf8) }!
    }

    // MARK: Duplicates

    @Test func aTensorTwice() {
        var forged = ForgedModel()
        forged.tensors.append(forged.tensors[0])
        let second = offset(of: "\"stem.weight\"", in: forged, after: offset(of: "\"stem.weight\"", in: forged))
        expect(
            .syntax(source: "header", offset: second, reason: "the name \"stem.weight\" appears twice"), loading: forged
        )
    }

    @Test func theMetadataTwice() {
        var forged = ForgedModel()
        forged.tensors.append(.init(name: "__metadata__", header: [:], data: []))
        let second = offset(of: "\"__metadata__\"", in: forged, after: 8)
        expect(
            .syntax(source: "header", offset: second, reason: "the name \"__metadata__\" appears twice"),
            loading: forged)
    }

    @Test(arguments: ["crc32", "version", "graph"])
    func aMemberOfTheMetadataTwice(name: String) {
        var forged = ForgedModel()
        forged.metadata.members.append(.init(name, "1"))
        let second = offset(of: "\"\(name)\":\"1\"}", in: forged)
        expect(.syntax(source: "header", offset: second, reason: "the name \"\(name)\" appears twice"), loading: forged)
    }

    @Test func aMemberOfAStepTwice() {
        var forged = ForgedModel()
        var graph = forged["graph"]
        graph["steps"][0].members.append(.init("stride", 2))
        let text = graph.text()
        forged.metadata["graph"] = .string(text)
        let second = text.utf8.distance(from: text.startIndex, to: text.firstRange(of: "\"stride\":2}")!.lowerBound)
        expect(.syntax(source: "graph", offset: second, reason: "the name \"stride\" appears twice"), loading: forged)
    }

    @Test func aStepOrValueTwice() {
        expect(.step(name: "stem", expected: "a name of its own", found: "a second step of this name")) {
            $0[step: "layer.conv_2"]["name"] = "stem"
        }
        expect(.value(name: "sum", expected: "a name of its own", found: "a second value of this name")) {
            $0[value: "maxima"]["name"] = "sum"
        }
    }

    // MARK: Missing and unexpected

    @Test(arguments: 0..<12)
    func aMissingTensor(position: Int) {
        var forged = ForgedModel()
        let missing = forged.tensors[position]
        var tensors = forged.tensors
        tensors[position].name = "renamed"
        forged.tensors = tensors
        guard case .array(let shape) = missing.header["shape"] else {
            Issue.record("\(missing.name) has no shape")
            return
        }
        let sizes = shape.map { $0.text() }.joined(separator: ", ")
        expect(
            .tensor(name: missing.name, expected: "a tensor of shape [\(sizes)]", found: "none"), loading: forged)
    }

    @Test(arguments: ["stem.bias", "pooled.weight", "Stem.weight", "x"])
    func anUnexpectedTensor(name: String) {
        var forged = ForgedModel()
        let end = forged.tensors.reduce(0) { $0 + $1.data.count }
        forged.tensors.append(
            .init(
                name: name,
                header: ["dtype": "F32", "shape": [1], "data_offsets": [.integer(end), .integer(end + 4)]],
                data: [0, 0, 0, 0]))
        expect(.tensor(name: name, expected: "no such tensor", found: "one that no step reads"), loading: forged)
    }

    @Test(arguments: [
        ("format", "a string"), ("version", "a string"), ("name", "a string"), ("graph", "a string"),
        ("preprocessing", "a string"), ("labels", "a string"), ("provenance", "a string"), ("sample", "a string"),
    ])
    func aMissingMemberOfTheMetadata(name: String, expected: String) {
        expect(.member(path: "metadata.\(name)", expected: expected, found: "none")) { $0.metadata.remove(name) }
        expect(.member(path: "metadata.\(name)", expected: expected, found: "7")) { $0.metadata[name] = 7 }
        expect(.member(path: "metadata.\(name)", expected: expected, found: "an object")) { $0.metadata[name] = [:] }
    }

    @Test func anUnexpectedMember() {
        expect(.member(path: "metadata", expected: "no member \"comment\"", found: "one")) {
            $0.metadata["comment"] = "hello"
        }
        expect(.member(path: "stem.weight", expected: "no member \"scale\"", found: "one")) {
            $0.tensors[0].header["scale"] = 1
        }
        expect(.member(path: "graph", expected: "no member \"loops\"", found: "one")) { $0["graph"]["loops"] = [] }
        expect(.member(path: "graph.steps[3]", expected: "no member \"groups\"", found: "one")) {
            $0[step: "average"]["groups"] = 1
        }
        expect(.member(path: "graph.values[0]", expected: "no member \"type\"", found: "one")) {
            $0[value: "image"]["type"] = "F16"
        }
        for name in ["preprocessing", "provenance", "sample"] {
            expect(.member(path: name, expected: "no member \"x\"", found: "one")) { $0[name]["x"] = 1 }
        }
    }

    @Test(arguments: ["dtype", "shape", "data_offsets"])
    func aMissingMemberOfATensor(name: String) {
        expect(
            .member(path: "stem.weight.\(name)", expected: name == "dtype" ? "a string" : "an array", found: "none")
        ) { $0.tensors[0].header.remove(name) }
    }

    @Test func aTensorThatIsNoObject() {
        expect(.member(path: "stem.weight", expected: "an object", found: "1")) { $0.tensors[0].header = 1 }
    }

    @Test func anUnknownOperation() {
        expect(.member(path: "graph.steps[0].operation", expected: "a known operation", found: "\"softmax\"")) {
            $0[step: "stem"]["operation"] = "softmax"
        }
    }

    // MARK: Not text

    @Test(arguments: [[0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF]] as [[UInt8]])
    func aNameThatIsNotUTF8(bytes: [UInt8]) {
        var forged = ForgedModel()
        let place = offset(of: "stem.weight", in: forged)
        forged.editHeader = { $0.replaceSubrange((place - 8)..<(place - 8 + bytes.count), with: bytes) }
        expect(.syntax(source: "header", offset: place, reason: "a string is not valid UTF-8"), loading: forged)
    }

    @Test(arguments: ["", "a b", "a\n", "\u{1B}[2J", "wéight", "\u{212A}", String(repeating: "n", count: 257)])
    func namesThatAreNoIdentifiers(name: String) {
        let found = "\"\(name)\""
        expect(.tensor(name: name, expected: rule, found: found)) { $0.tensors[0].name = name }
        expect(.member(path: "graph.steps[0].name", expected: rule, found: found)) {
            $0[step: "stem"]["name"] = .string(name)
        }
        expect(.member(path: "graph.steps[0].input", expected: rule, found: found)) {
            $0[step: "stem"]["input"] = .string(name)
        }
        expect(.member(path: "graph.steps[0].output", expected: rule, found: found)) {
            $0[step: "stem"]["output"] = .string(name)
        }
        expect(.member(path: "graph.steps[5].other", expected: rule, found: found)) {
            $0[step: "shortcut"]["other"] = .string(name)
        }
        expect(.member(path: "graph.values[1].name", expected: rule, found: found)) {
            $0[value: "block"]["name"] = .string(name)
        }
        expect(.member(path: "graph.output", expected: rule, found: found)) { $0["graph"]["output"] = .string(name) }
    }

    @Test func labelsThatCommandATerminal() {
        expect(
            .member(path: "labels[1]", expected: "text without control characters", found: "\"\u{1B}]0;owned\u{7}\"")
        ) { $0["labels"][1] = "\u{1B}]0;owned\u{7}" }
    }

    // MARK: Depth

    @Test func deepJSONInTheHeader() {
        var deep: JSONValue = 1
        for _ in 0..<31 { deep = [deep] }
        expect(.member(path: "stem.weight.shape[0]", expected: "an integer", found: "an array")) {
            $0.tensors[0].header["shape"] = [deep[0][0]]
        }
        var forged = ForgedModel()
        forged.tensors[0].header["shape"] = [deep]
        let bracket = offset(of: "[[[[", in: forged) + 30
        expect(.syntax(source: "header", offset: bracket, reason: "nested deeper than 32 levels"), loading: forged)
    }

    @Test func deepJSONInTheGraph() {
        expect(.syntax(source: "graph", offset: 32, reason: "nested deeper than 32 levels")) {
            $0.metadata["graph"] = .string(String(repeating: "[", count: 500_000))
        }
    }

    @Test(arguments: ["graph", "preprocessing", "labels", "provenance", "sample"])
    func textInTheMetadataThatIsNotJSON(name: String) {
        expect(.syntax(source: name, offset: 0, reason: "expected a value, found the end")) { $0.metadata[name] = "" }
        expect(.syntax(source: name, offset: 3, reason: "expected the end, found 'x'")) { $0.metadata[name] = "{} x" }
    }
}
