import CondenseNet
import ModelFormat
import TestSupport
import Testing

@testable import Condenser

/// The answers that travel with a model file, and how far a machine's may be from them.
struct StoredAnswersTests {
    private func logits(_ conversion: Conversion, _ instructionSet: InstructionSet) throws -> [Float] {
        let sample = try #require(conversion.description.sample)
        let plan = try ExecutionPlan(
            Model(ModelFile(bytes: conversion.bytes)), options: .init(instructionSet: instructionSet))
        return try Session(plan: plan).logits(sample.input(conversion.description.inputShape))
    }

    /// Biases that cancel the logits leave next to nothing of terms that are millions of times as large.
    private func cancelling(_ design: NetworkSpecification) throws -> (source: SyntheticCheckpoint, Conversion) {
        var source = try SyntheticCheckpoint(design)
        let whole = try Conversion(file: try source.bytes(), name: "whole")
        for (number, logit) in try #require(whole.description.sample).logits.enumerated() {
            source.tensors["classifier.bias"]!.values[number] -= logit
        }
        return (source, try Conversion(file: try source.bytes(), name: "cancelling"))
    }

    @Test(arguments: [1, 2, 10]) func logitsThatCancelAreComparedWithTheirTerms(classes: Int) throws {
        var (source, conversion) = try cancelling(Designs.make { $0.classes = classes })
        let sample = try #require(conversion.description.sample)
        #expect(sample.logits.allSatisfy { $0.magnitude < 1e-5 }, "\(sample.logits)")
        #expect(sample.magnitude > 0.01)
        for instructionSet in KernelSets.usable {
            #expect(sample.agree(with: try logits(conversion, instructionSet)), "\(instructionSet)")
        }
        let classifier = try #require(source.tensors["classifier.weight"])
        source.tensors["classifier.weight"]!.values = classifier.values.map { $0 * 1.001 }
        let wrong = try Conversion(file: try source.bytes(), name: "wrong")
        #expect(!sample.agree(with: try logits(wrong, KernelSets.built[0])))
    }

    static let nearZero: [String] = ["logit0_1.pth", "logit0_2.pth", "cls1.pth", "deadlayer.pth"]

    @Test(arguments: nearZero) func everySetOfKernelsIsWithinTheTolerance(name: String) throws {
        let conversion = try Conversion(path: Fixture.path("checkpoints/\(name)"))
        let sample = try #require(conversion.description.sample)
        for instructionSet in KernelSets.usable {
            #expect(sample.agree(with: try logits(conversion, instructionSet)), "\(instructionSet)")
        }
        #expect(!sample.agree(with: sample.logits.map { $0 + sample.magnitude / 1000 }))
    }

    @Test func aClassifierOfZerosAnswersZero() throws {
        var source = try SyntheticCheckpoint(Designs.make { _ in })
        for name in ["classifier.weight", "classifier.bias"] {
            let count = source.tensors[name]!.values.count
            source.tensors[name]!.values = [Float](repeating: 0, count: count)
        }
        let conversion = try Conversion(file: try source.bytes(), name: "zeros")
        let sample = try #require(conversion.description.sample)
        #expect(sample.agree(with: try logits(conversion, KernelSets.built[0])))
        #expect(!sample.agree(with: [1e-20] + sample.logits.dropFirst()))
    }
}
