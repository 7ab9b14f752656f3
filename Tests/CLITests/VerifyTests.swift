import Foundation
import TestSupport
import Testing

/// `condensenet verify MODEL`
struct VerifyTests {
    private static let models =
        [Shipped.model]
        + ["cifar10-g4", "cifar10-g4-full", "imagenet-g8", "imagenet-g8-full", "near-zero"].map {
            Fixture.path("models/\($0).safetensors")
        }

    @Test(arguments: models) func modelPasses(model: String) throws {
        for threads in ["1", "2"] {
            let result = try condensenet("verify", model, "--threads", threads)
            #expect(result.code == 0 && result.output.hasPrefix("pass: "), "\(result.output)\(result.diagnostics)")
        }
    }

    @Test(arguments: [0, 9]) func alteredAnswerFails(index: Int) throws {
        let folder = try TemporaryFolder()
        let model = try folder.write(try Shipped.altered(sample: { $0.logits[index] += 0.001 }), to: "model")
        expectMismatch(try condensenet("verify", model))
    }

    @Test func alteredWeightFails() throws {
        let folder = try TemporaryFolder()
        let bytes = try Shipped.altered(tensors: { specification, floats in
            if specification.name == "classifier.bias" { floats[5] += 0.01 }
        })
        expectMismatch(try condensenet("verify", try folder.write(bytes, to: "model")))
    }

    @Test func answerThatIsNotANumberFails() throws {
        let folder = try TemporaryFolder()
        expectMismatch(try condensenet("verify", try folder.write(try Shipped.answeringNaN(), to: "model")))
    }

    private func expectMismatch(_ result: Program.Result, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(result.code == 70, sourceLocation: sourceLocation)
        #expect(result.output.hasPrefix("FAIL: "), "\(result.output)", sourceLocation: sourceLocation)
        #expect(result.diagnostics.hasPrefix("error: "), sourceLocation: sourceLocation)
        #expect(result.diagnostics.filter { $0 == "\n" }.count == 1, sourceLocation: sourceLocation)
    }

    @Test func architectureFileHasNoAnswers() throws {
        let result = try condensenet("verify", Shipped.path("models/cifar-condensenet-50.json"))
        #expect(result.code == 65 && result.output.isEmpty)
        #expect(result.diagnostics.contains("expected stored answers, found an architecture file"))
    }

    @Test func flippedBitIsCaught() throws {
        let folder = try TemporaryFolder()
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Shipped.model)))
        bytes[bytes.count - 3] ^= 1
        expectFailure(try condensenet("verify", try folder.write(bytes, to: "model")), 65, "checksum")
    }
}
