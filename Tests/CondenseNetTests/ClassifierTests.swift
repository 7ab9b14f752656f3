import Foundation
import Foundations
import ImageInput
import ModelFormat
import TestSupport
import Testing

@testable import CondenseNet

struct ClassifierTests {
    private static let samples = [
        ("ankle-boot", "Ankle boot"), ("bag", "Bag"), ("dress", "Dress"), ("sneaker", "Sneaker"),
        ("trouser", "Trouser"),
    ]

    private static func path(_ name: String) -> String { Fixture.root.appendingPathComponent("models/\(name)").path }

    private static func sample(_ name: String) -> String { path("samples/\(name).png") }

    @Test func fromFileToLabel() throws {
        let classifier = try Classifier(path: Self.path("fashion-mnist.safetensors"))
        for (sample, label) in Self.samples {
            let predictions = try classifier.classify(path: Self.sample(sample), top: 10)
            #expect(predictions.first?.label == label)
            #expect(predictions.first.map { classifier.model.description.labels[$0.index] } == label)
            #expect((predictions.reduce(0) { $0 + $1.probability } - 1).magnitude < 1e-6)
        }
        #expect(try classifier.classify(path: Self.sample("bag")).count == 5)
    }

    @Test func bytesAndFramesAreClassifiedAsTheirFile() throws {
        let model = try Model(bytes: try Fixture.bytes("../../models/fashion-mnist.safetensors"))
        #expect(try model.fileChecksum == Model(path: Self.path("fashion-mnist.safetensors")).fileChecksum)
        let classifier = try Classifier(try Session(plan: try ExecutionPlan(model)))
        for (sample, _) in Self.samples {
            let expected = try classifier.classify(path: Self.sample(sample))
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.sample(sample))))
            #expect(try classifier.classify(bytes: bytes) == expected)
            let image = try RGBImage.decode(path: Self.sample(sample))
            let fromFrame = try image.pixels.withUnsafeBytes {
                try classifier.classify(try Frame(.rgb24, width: image.width, height: image.height, bytes: $0))
            }
            #expect(fromFrame == expected)
        }
        #expect(throws: ImageError.self) { try classifier.classify(bytes: [1, 2, 3]) }
        #expect(throws: ModelFormatError.self) { try Model(bytes: [1, 2, 3]) }
        #expect(throws: ModelFormatError.self) { try Model(bytes: []) }
    }

    @Test func aBatchAnswersInOrderWhateverFails() async throws {
        let plan = try ExecutionPlan(try Model(path: Self.path("fashion-mnist.safetensors")))
        let classifier = try Classifier(try Session(plan: plan))
        var paths = (0..<40).map { Self.sample(Self.samples[$0 % 5].0) }
        paths[17] = "/nowhere.png"
        for jobs in [1, 3] {
            let answers = try await plan.classify(paths: paths, top: 2, jobs: jobs)
            #expect(answers.count == paths.count)
            for (index, answer) in answers.enumerated() {
                if index == 17 {
                    #expect(throws: FileError.self) { try answer.get() }
                } else {
                    #expect(try answer.get() == classifier.classify(path: paths[index], top: 2))
                }
            }
        }
        #expect(try await plan.classify(paths: []).isEmpty)
        for jobs in [0, -1, 65] {
            await #expect(throws: RuntimeError.self) { try await plan.classify(paths: [], jobs: jobs) }
        }
    }

    @Test func aCancelledBatchEnds() async throws {
        let plan = try ExecutionPlan(try Model(path: Self.path("fashion-mnist.safetensors")))
        let paths = [String](repeating: Self.sample("bag"), count: 1_000_000)
        let batch = Task { try await plan.classify(paths: paths, jobs: 8) }
        try await Task.sleep(nanoseconds: 20_000_000)
        batch.cancel()
        await #expect(throws: CancellationError.self) { try await batch.value }
    }

    @Test func featuresAreWhatTheClassifierReads() throws {
        let model = try Model(path: Self.path("fashion-mnist.safetensors"))
        let plan = try ExecutionPlan(model, options: .init(retainsValues: true))
        let session = try Session(plan: plan)
        let input = try SampleAnswers.input(model.description.inputShape, seed: 3)
        let logits = try session.logits(input)
        let features = try session.features()
        #expect(try features.count == plan.featureCount)
        #expect(logits.count == 10)
        let file = try ModelFile(path: Self.path("fashion-mnist.safetensors"))
        let linear = try #require(model.description.graph.steps.last { $0.operation is ModelFormat.Linear })
        let names = model.description.graph.tensors.map(\.name).filter { $0.hasPrefix(linear.name) }
        let weights = try file.floats(try #require(names.first { $0.hasSuffix("weight") }))
        let bias = try file.floats(try #require(names.first { $0.hasSuffix("bias") }))
        #expect(weights.count == 10 * features.count)
        for (index, logit) in logits.enumerated() {
            var sum = Double(bias[index])
            for column in features.indices {
                sum += Double(weights[index * features.count + column]) * Double(features[column])
            }
            #expect((sum - Double(logit)).magnitude < 1e-4)
        }
        let plain = try Session(plan: try ExecutionPlan(model))
        #expect(throws: RuntimeError.self) { try plain.features() }
    }

    @Test func aBrokenImageChangesNothingForTheNext() throws {
        let classifier = try Classifier(path: Self.path("fashion-mnist.safetensors"))
        let expected = try classifier.classify(path: Self.sample("bag"))
        #expect(throws: (any Error).self) { try classifier.classify(path: "/nowhere.png") }
        #expect(try classifier.classify(path: Self.sample("bag")) == expected)
    }

    @Test func classifiersShareAPlanBetweenThreads() async throws {
        let plan = try ExecutionPlan(try Model(path: Self.path("fashion-mnist.safetensors")))
        let expected = try Self.samples.map { sample, _ in
            try Classifier(try Session(plan: plan)).classify(path: Self.sample(sample))
        }
        try await withThrowingTaskGroup(of: [[Prediction]].self) { group in
            for threads in [1, 2, 1, 3, 1, 1] {
                group.addTask {
                    let classifier = try Classifier(try Session(plan: plan, threads: threads))
                    var answers: [[Prediction]] = []
                    for _ in 0..<10 {
                        answers = try Self.samples.map { try classifier.classify(path: Self.sample($0.0)) }
                    }
                    return answers
                }
            }
            for try await answers in group { #expect(answers == expected) }
        }
    }

    @Test func logitsThatAreNotNumbersAreAnError() throws {
        let graph = TestNetwork.condenseNet()
        let tensors = HugeWeights(graph: graph)
        let description = ModelDescription(
            name: "overflow", graph: graph,
            preprocessing: Preprocessing(resize: 13, crop: 13, mean: [0, 0, 0], std: [1, 1, 1]),
            provenance: Provenance(source: "none", sourceSHA256: String(repeating: "0", count: 64), converter: "test"),
            sample: SampleAnswers(seed: 1, tolerance: 0.1, logits: Array(repeating: 0, count: 10)))
        let file = try ModelFile(bytes: try ModelFile.bytes(description, tensors: tensors.all))
        let classifier = try Classifier(try Session(plan: try ExecutionPlan(Model(file))))
        do {
            _ = try classifier.classify(path: Self.sample("bag"))
            Issue.record("expected an error")
        } catch RuntimeError.notFinite(_, let logit) {
            #expect(!logit.isFinite)
        }
    }

    /// Finite weights whose products are not.
    private struct HugeWeights {
        let graph: Graph

        var all: [TensorData] {
            graph.tensors.map { specification in
                TensorData(
                    name: specification.name, shape: specification.shape,
                    elements: specification.role.isIndex
                        ? .int32(
                            (0..<specification.count).map {
                                Int32(specification.channels[$0 % specification.channels.count])
                            })
                        : .float32([Float](repeating: 1e30, count: specification.count)))
            }
        }
    }
}
