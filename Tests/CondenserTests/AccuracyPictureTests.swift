import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// The picture of accuracy against latency that `tools/compare/accuracy.py` draws.
struct AccuracyPictureTests {
    @Test func everyNetworkWithAPublishedErrorHasItsPointAndItsName() throws {
        let folder = try TemporaryFolder()
        // Times in int8, which a published error is not of, are no points.
        func times(_ name: String, _ ours: Double, _ other: Double) -> String {
            #""\#(name)": [{"runtime": "condensenet, f32, avx2", "ms": \#(ours)}, {"runtime": "other", "ms": \#(other)}, "#
                + #"{"runtime": "condensenet, int8, avx2", "ms": 1e-9}, {"runtime": "other, int8", "ms": 1e-9}]"#
        }
        let networks = [
            times("condensenet-74-g4", 5, 16), times("condensenet-74-g8", 3, 15), times("vgg-16", 90, 92),
            times("a-network-of-mine", 1, 2),
        ]
        let json =
            #"{"date": "2026-01-01", "processor": "A & B", "networks": {"# + networks.joined(separator: ", ") + "}}"
        let picture = folder.path("picture.svg")
        let result = try PythonTool.run(
            "compare/accuracy.py", [try folder.write(json.utf8, to: "times.json"), picture])
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(result.diagnostics == "a-network-of-mine: no published error is known here; left out\n")
        let svg = String(decoding: try folder.bytes("picture.svg"), as: UTF8.self)
        for text in [
            "CondenseNet G=4", "CondenseNet G=8", "VGG-16", "milliseconds for one image, one thread", "A &amp; B",
        ] { #expect(svg.contains(text), "\(svg)") }
        // One for each network, and one in the legend.
        for mark in ["ours", "ring"] {
            #expect(svg.components(separatedBy: "<circle class=\"\(mark)\"").count == 5, "\(mark)")
        }
        // Nine decades would have marks of thousandths.
        #expect(!svg.contains(">0.01<"), "\(svg)")
        let parser = XMLParser(data: Data(svg.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(try PythonTool.run("compare/accuracy.py", [folder.path("none"), picture]).code != 0)
    }
}
