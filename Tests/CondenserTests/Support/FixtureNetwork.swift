import CondenseNet
import ModelFormat
import TestSupport
import Testing

@testable import Condenser

/// A checkpoint among the fixtures, and the answers that the code which wrote it computes.
struct FixtureNetwork: Sendable, CustomTestStringConvertible {
    var folder: String
    var checkpoint: String
    var input = "input.npy"
    var logits: String
    /// What the converted network is called.
    var name = ""
    var inputSize: Int?
    var stemStride: Int?
    var weights: String?
    var hardSwishFrom: Int?

    var testDescription: String { "\(folder)/\(checkpoint) → \(logits)" }
    var path: String { Fixture.path("\(folder)/\(checkpoint)") }

    var options: Conversion.Options {
        var options = Conversion.Options()
        options.weights = weights
        options.inference.inputSize = inputSize
        options.inference.stemStride = stemStride
        options.inference.hardSwishFrom = hardSwishFrom
        return options
    }

    /// The network, converted as `options` say.
    func converted() throws -> Conversion { try Conversion(path: path, options: options) }

    /// Expects of the runtime's answers that they are within 1e-5 of the largest logit.
    func expectLogits(
        of conversion: Conversion, referenceKernels: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let input = try Fixture.array("\(folder)/\(input)")
        let expected = try Fixture.array("\(folder)/\(logits)")
        let model = Model(try ModelFile(bytes: conversion.bytes))
        let session = try Session(plan: try ExecutionPlan(model, options: .init(referenceKernels: referenceKernels)))
        for (image, expected) in zip(input.images, expected.images) {
            let found = try session.logits(image)
            let largest = expected.map(\.magnitude).max()!
            #expect(found.count == expected.count, sourceLocation: sourceLocation)
            for (found, expected) in zip(found, expected) {
                #expect((found - expected).magnitude <= 1e-5 * largest, sourceLocation: sourceLocation)
            }
        }
    }
}
