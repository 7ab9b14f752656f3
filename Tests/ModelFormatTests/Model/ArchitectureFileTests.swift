import Foundations
import Testing

@testable import ModelFormat

@Suite struct ArchitectureFileTests {
    private let description: ModelDescription = {
        var description = TinyModel.description
        (description.provenance, description.sample) = (nil, nil)
        return description
    }()

    private func parse(_ text: String) throws -> ModelDescription {
        try Array(text.utf8).withUnsafeBytes { try ArchitectureFile.parse($0) }
    }

    private func recognizes(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { ArchitectureFile.recognizes($0) } }

    @Test func readsBackAndIsWrittenTheSameWay() throws {
        let text = ArchitectureFile.text(description)
        #expect(try parse(text) == description)
        #expect(ArchitectureFile.text(try parse(text)) == text)
        #expect(text.hasPrefix("{\n  \"format\": \"condensenet-architecture\",\n  \"version\": \"2\",\n"))
        #expect(text.hasSuffix("}\n"))
    }

    @Test func isToldFromAModelFileByContent() throws {
        #expect(recognizes(Array(ArchitectureFile.text(description).utf8)))
        #expect(recognizes(Array("\n {".utf8)))
        #expect(recognizes(Array("{\"a\":1,{\"b\":2}".utf8)))
        #expect(!recognizes(try TinyModel.bytes()))
        #expect(!recognizes([]))
        #expect(!recognizes(Array("hello".utf8)))
    }

    @Test func otherFormatsAndVersionsAreRefused() throws {
        let text = ArchitectureFile.text(description)
        #expect(throws: ModelFormatError.notAModel(found: "format \"condensenet\"")) {
            try parse(text.replacing("condensenet-architecture", with: "condensenet"))
        }
        for version in ["0", "3", "1.0", "01"] {
            #expect(throws: ModelFormatError.version(found: version, supported: "1 or 2")) {
                try parse(text.replacing("\"version\": \"2\"", with: "\"version\": \"\(version)\""))
            }
        }
    }

    @Test func aWrongMemberIsNamed() throws {
        let text = ArchitectureFile.text(description)
        #expect(
            throws: JSONError.member(path: "architecture", expected: "no member \"sample\"", found: "one")
        ) { try parse(text.replacing("  \"name\":", with: "  \"sample\": 1,\n  \"name\":")) }
        #expect(
            throws: JSONError.member(path: "graph.steps[0].stride", expected: "an integer", found: "1.5")
        ) {
            try parse(
                text.replacing(
                    "\"kernel\": 3, \"stride\": 1, \"padding\": 1, \"groups\": 1",
                    with: "\"kernel\": 3, \"stride\": 1.5, \"padding\": 1, \"groups\": 1"))
        }
        #expect(throws: JSONError.syntax(source: "architecture", offset: 0, reason: "expected a value, found 'x'")) {
            try parse("x")
        }
    }

    @Test func theGraphIsValidated() throws {
        var broken = description
        broken.graph.steps[0].inputChannels = 4
        #expect(
            throws: ModelFormatError.step(
                name: "stem", expected: "1 to 3 input channels, as many as \"image\" holds by then", found: "4")
        ) { try parse(ArchitectureFile.text(broken)) }
    }

    @Test func aLongFileIsRefusedUnread() {
        let text = String(repeating: " ", count: 1 << 20) + "{"
        #expect(
            throws: ModelFormatError.limit(
                what: "bytes of the architecture file", found: (1 << 20) + 1, limit: 1 << 20)
        ) { try parse(text) }
    }
}
