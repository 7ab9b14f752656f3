import Foundation
import Foundations
import ModelFormat
import TestSupport
import Testing

@testable import Condenser

/// The file as a whole: metadata, precision, and that nothing depends on anything but the input.
struct ConversionTests {
    private static let path = Fixture.path("cifar10-g4/dense.pth.tar")

    private func convert(_ path: String = Self.path, _ change: (inout Conversion.Options) -> Void = { _ in }) throws
        -> Conversion
    {
        var options = Conversion.Options()
        change(&options)
        return try Conversion(path: path, options: options)
    }

    @Test func sameBytesEachTime() throws {
        let first = try convert().bytes
        #expect(try convert().bytes == first)
        let folder = try TemporaryFolder()
        let copy = folder.path("dense.pth.tar")
        try FileManager.default.copyItem(atPath: Self.path, toPath: copy)
        #expect(try convert(copy).bytes == first)
    }

    @Test func provenance() throws {
        let file = try ModelFile(bytes: try convert().bytes)
        let provenance = try #require(file.description.provenance)
        #expect(provenance.source == "dense.pth.tar")
        let digest = SHA256.hexDigest(try Fixture.bytes("cifar10-g4/dense.pth.tar"))
        #expect(provenance.sourceSHA256 == digest)
        #expect(provenance.converter.hasPrefix("condensenet-convert "))
        #expect(file.description.name == "CondenseNet-14")
        #expect(try convert { $0.name = "mine" }.description.name == "mine")
    }

    @Test func sampleAnswersAreTheSourceNetworks() throws {
        let dense = try #require(try convert().description.sample)
        let converted = try #require(
            try convert(Fixture.path("cifar10-g4/converted.pth.tar")).description.sample)
        #expect(dense.seed == Conversion.sampleSeed)
        #expect(dense.logits.count == 10)
        let largest = converted.logits.map(\.magnitude).max()!
        for (one, other) in zip(dense.logits, converted.logits) { #expect((one - other).magnitude <= 1e-6 * largest) }
        let whole = try #require(try convert { $0.classifierKeep = 1 }.description.sample)
        #expect(zip(dense.logits, whole.logits).contains { ($0 - $1).magnitude > 1e-3 * largest })
    }

    @Test func halfPrecisionRoundsTheWeightsAlone() throws {
        let (single, half) = (try convert(), try convert { $0.precision = .f16 })
        let (singleFile, halfFile) = (try ModelFile(bytes: single.bytes), try ModelFile(bytes: half.bytes))
        for specification in single.network.graph.tensors {
            let name = specification.name
            switch specification.role {
            case .index, .destinations: #expect(try singleFile.indices(name).elementsEqual(halfFile.indices(name)))
            case .weight:
                let rounded = try singleFile.floats(name).map { Half.widen(Half.narrow($0)) }
                #expect(try halfFile.floats(name).elementsEqual(rounded))
            default:
                #expect(try halfFile.floats(name).elementsEqual(singleFile.floats(name)))
            }
        }
        let weights = single.network.graph.tensors.filter { $0.role == .weight }.reduce(0) { $0 + $1.count }
        #expect((single.bytes.count - half.bytes.count - 2 * weights).magnitude <= 128)
        #expect(half.description.sample?.logits == single.description.sample?.logits)
        let verification = try half.verify()
        #expect(verification.passes, "\(verification.table())")
        #expect(try #require(verification.worst).relativeDifference > 1e-5)
    }

    @Test func weightsBeyondHalfPrecision() throws {
        let folder = try TemporaryFolder()
        var synthetic = try SyntheticCheckpoint(Designs.all[0])
        synthetic.tensors["classifier.weight"]!.values[0] = 70_000
        synthetic.tensors["features.init_conv.weight"]!.values[1] = -65_520
        let path = try synthetic.write("dense.safetensors", in: folder)
        _ = try convert(path)
        let found = try problems {
            try convert(path) {
                $0.precision = .f16
                $0.classifierKeep = 1
            }
        }
        #expect(
            found
                == """
                features.init_conv.weight: expected numbers that fit half precision (±65,504), found -65520.0 at 1
                classifier.weight: expected numbers that fit half precision (±65,504), found 70000.0 at 0
                """.split(separator: "\n").map(String.init))
    }

    @Test func answersBeyondSinglePrecision() throws {
        let folder = try TemporaryFolder()
        var synthetic = try SyntheticCheckpoint(Designs.all[0])
        for name in ["features.norm_last.weight", "classifier.weight"] {
            synthetic.tensors[name]!.values = synthetic.tensors[name]!.values.map { $0 * 1e20 }
        }
        let path = try synthetic.write("dense.safetensors", in: folder)
        let found = try problems { try convert(path) }
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix("answers to the sample input: expected numbers that fit single precision") == true)
    }

    /// Weights of the classifier that half precision rounds to zero.
    @Test func answersBeyondHalfPrecision() throws {
        let folder = try TemporaryFolder()
        var synthetic = try SyntheticCheckpoint(Designs.all[0])
        synthetic.scale("classifier.weight", by: 1e-9)
        synthetic.scale("classifier.bias", by: 0)
        let path = try synthetic.write("dense.safetensors", in: folder)
        #expect(try convert(path).verify().passes)
        var refusal: ConversionError?
        do {
            _ = try convert(path) { $0.precision = .f16 }
        } catch let error as ConversionError {
            refusal = error
        }
        guard case .halfPrecision(let difference)? = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(difference > 0.05 && difference < 1.5)
        #expect(refusal?.lines.count == 1 && refusal?.description.contains("--precision f32") == true)
    }

    /// Weights of a layer that half precision rounds to zero, and that the answers hardly depend on.
    @Test func verificationFails() throws {
        let folder = try TemporaryFolder()
        var synthetic = try SyntheticCheckpoint(Designs.all[0])
        let layer = try #require(synthetic.architecture.stages.last?.layers.last).spatial.name
        synthetic.scale("\(layer).conv.weight", by: 1e-9)
        let path = try synthetic.write("dense.safetensors", in: folder)
        #expect(try convert(path).verify().passes)
        let verification = try convert(path) { $0.precision = .f16 }.verify()
        #expect(!verification.passes)
        #expect(verification.rows.filter { !$0.passes }.map(\.layer) == [layer])
    }

    /// The networks of the paper's ImageNet table, with random weights.
    @Test(arguments: [4, 8]) func condenseNet74(groups: Int) throws {
        var design = NetworkSpecification(stages: [4, 6, 8, 10, 8], growth: [8, 16, 32, 64, 128])
        design.groups = groups
        let folder = try TemporaryFolder()
        let path = try SyntheticCheckpoint(design).write("dense.safetensors", in: folder)
        let conversion = try convert(path)
        #expect(conversion.description.graph.parameters == (groups == 4 ? 4_773_944 : 2_935_416))
        let verification = try conversion.verify(inputs: 1)
        #expect(verification.passes, "\(verification.verdict)")
        #expect(verification.rows.count == 79)
    }

    @Test func labelFile() throws {
        let folder = try TemporaryFolder()
        func labels(_ text: String) throws -> [String] {
            let path = folder.path("labels.txt")
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            return try LabelFile.read(path, classes: 3)
        }
        #expect(try labels("a\nb c\nd\n") == ["a", "b c", "d"])
        #expect(try labels("a\r\nb\r\nü") == ["a", "b", "ü"])
        #expect(try labels(" a\t\nb c  \r\n\u{3000}d") == ["a", "b c", "d"])
        #expect(try labels("\u{FEFF}a\nb\nc") == ["a", "b", "c"])
        let marks = String(repeating: "\u{301}\u{323}", count: 100_000)
        for text in ["", "a\nb", "a\nb\nc\nd", "a\n\nc", "a\n \t\nc", "a\nb\tc\nd", "a\nb\nc\n\n", "a\nb\n\(marks)"] {
            #expect(throws: ConversionError.self, "\(text)") { try labels(text) }
        }
        try Data([0x61, 0x0A, 0xFF, 0x0A, 0x62]).write(to: URL(fileURLWithPath: folder.path("labels.txt")))
        #expect(throws: ConversionError.self) { try LabelFile.read(folder.path("labels.txt"), classes: 3) }
        #expect(throws: FileError.self) { try LabelFile.read(folder.path("none"), classes: 3) }

        try (0..<10).map { "class \($0)" }.joined(separator: "\n")
            .write(toFile: folder.path("ten"), atomically: true, encoding: .utf8)
        let conversion = try convert { $0.labelFile = folder.path("ten") }
        #expect(conversion.description.labels[7] == "class 7")
        #expect(throws: ConversionError.self) {
            try convert(Fixture.path("imagenet-g8/dense.pth.tar")) { $0.labelFile = folder.path("ten") }
        }
    }

    @Test func digest() {
        #expect(SHA256.hexDigest([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            SHA256.hexDigest(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
