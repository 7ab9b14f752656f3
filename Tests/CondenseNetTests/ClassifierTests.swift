import Foundation
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
                    elements: specification.role == .index
                        ? .int32((0..<specification.count).map { Int32($0 % specification.indexBound) })
                        : .float32([Float](repeating: 1e30, count: specification.count)))
            }
        }
    }
}
