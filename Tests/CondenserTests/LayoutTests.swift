import Checkpoint
import CondenseNet
import Foundation
import ModelFormat
import TestSupport
import Testing

@testable import Condenser

/// Checkpoints of other codes, and inputs of other sizes; the answers are those of the code that wrote each.
struct LayoutTests {
    struct Network: Sendable, CustomTestStringConvertible {
        var folder: String
        var checkpoint: String
        var input = "input.npy"
        var logits: String
        var name: String
        var inputSize: Int?
        var stemStride: Int?

        var testDescription: String { "\(folder)/\(checkpoint)" }
        var path: String { Fixture.path("\(folder)/\(checkpoint)") }

        var options: Conversion.Options {
            var options = Conversion.Options()
            options.inference.inputSize = inputSize
            options.inference.stemStride = stemStride
            return options
        }
    }

    static let networks: [Network] = [
        Network(
            folder: "pytorchcv-g4", checkpoint: "condensenet_small.pth", logits: "logits.npy", name: "CondenseNet-12"),
        Network(
            folder: "fine-tuned", checkpoint: "plain.pth.tar", logits: "logits-plain.npy", name: "CondenseNet-14"),
        Network(
            folder: "fine-tuned", checkpoint: "sequential.pth.tar", logits: "logits-sequential.npy",
            name: "CondenseNet-14"),
        Network(
            folder: "densenet-torchvision", checkpoint: "densenet_small.pth", logits: "logits.npy", name: "DenseNet-21"),
        Network(
            folder: "densenet-torchvision", checkpoint: "densenet_small-published-names.pth", logits: "logits.npy",
            name: "DenseNet-21"),
    ]

    static let pooled: [Network] = [
        Network(
            folder: "pool-window", checkpoint: "five-256-converted.pth.tar", input: "five-256-input.npy",
            logits: "five-256-logits-converted.npy", name: "CondenseNet-14", inputSize: 256),
        Network(
            folder: "pool-window", checkpoint: "five-256-dense.pth.tar", input: "five-256-input.npy",
            logits: "five-256-logits-converted.npy", name: "CondenseNet-14", inputSize: 256),
        Network(
            folder: "pool-window", checkpoint: "three-40-converted.pth.tar", input: "three-40-input.npy",
            logits: "three-40-logits-converted.npy", name: "CondenseNet-14", inputSize: 40, stemStride: 1),
        Network(
            folder: "pool-window", checkpoint: "three-40-dense.pth.tar", input: "three-40-input.npy",
            logits: "three-40-logits-converted.npy", name: "CondenseNet-14", inputSize: 40, stemStride: 1),
    ]

    /// The runtime's answers are within 1e-5 of the largest logit.
    private func expectLogits(
        _ conversion: Conversion, _ network: Network, logits: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let input = try Fixture.array("\(network.folder)/\(network.input)")
        let expected = try Fixture.array("\(network.folder)/\(logits ?? network.logits)")
        let session = try Session(plan: try ExecutionPlan(Model(try ModelFile(bytes: conversion.bytes))))
        let (images, classes) = (input.shape[0], expected.shape[1])
        let size = input.values.count / images
        for image in 0..<images {
            let found = try session.logits(Array(input.values[(image * size)..<((image + 1) * size)]))
            let answers = Array(expected.values[(image * classes)..<((image + 1) * classes)])
            let largest = answers.map(\.magnitude).max()!
            #expect(found.count == classes, sourceLocation: sourceLocation)
            for (found, expected) in zip(found, answers) {
                #expect((found - expected).magnitude <= 1e-5 * largest, sourceLocation: sourceLocation)
            }
        }
    }

    @Test(arguments: networks) func answersAreTheOriginalCodes(network: Network) throws {
        let conversion = try Conversion(path: network.path, options: network.options)
        #expect(conversion.description.name == network.name)
        try expectLogits(conversion, network)
        let verification = try conversion.verify(inputs: 1)
        #expect(verification.passes, "\(verification.verdict)")
    }

    @Test(arguments: pooled) func lastPoolingHasTheOriginalsWindow(network: Network) throws {
        let conversion = try Conversion(path: network.path, options: network.options)
        try expectLogits(conversion, network)
        #expect(try conversion.verify(inputs: 1).passes)
        #expect(conversion.warnings.contains { $0.hasPrefix("the last pooling takes the upper left") })
        var options = network.options
        options.inference.pooling = .global
        let global = try Conversion(path: network.path, options: options)
        #expect(global.warnings.contains { $0.hasPrefix("--pooling global: the last pooling takes planes of") })
        #expect(try global.verify(inputs: 1).passes)
        let answers = (
            try #require(conversion.description.sample).logits, try #require(global.description.sample).logits
        )
        #expect(zip(answers.0, answers.1).contains { ($0 - $1).magnitude > 1e-4 })
    }

    @Test(arguments: ["five-256", "three-40"]) func denseNetworkWithItsWholeClassifier(name: String) throws {
        let network = Network(
            folder: "pool-window", checkpoint: "\(name)-dense.pth.tar", input: "\(name)-input.npy",
            logits: "\(name)-logits-dense.npy", name: "", inputSize: name == "five-256" ? 256 : 40,
            stemStride: name == "five-256" ? 2 : 1)
        var options = network.options
        options.classifierKeep = 1
        try expectLogits(try Conversion(path: network.path, options: options), network)
    }

    /// Under one window the original cannot run, and with more than one its classifier does not fit.
    @Test(arguments: [128, 448]) func sizesAtWhichTheOriginalCannotRun(size: Int) throws {
        var options = Conversion.Options()
        options.inference.inputSize = size
        let path = Fixture.path("pool-window/five-256-converted.pth.tar")
        do {
            _ = try Conversion(path: path, options: options)
            Issue.record("converted at \(size)")
        } catch ConversionError.option(let text) {
            #expect(text.contains("cannot run at this size") && text.contains("--pooling global"))
        }
        options.inference.pooling = .global
        #expect(try Conversion(path: path, options: options).description.inputShape.height == size)
    }

    @Test func layoutsAreToldByTheirNames() throws {
        for network in Self.networks {
            let checkpoint = try Checkpoint.load(path: network.path)
            let layout = try #require(CheckpointLayout.of(checkpoint))
            switch network.folder {
            case "pytorchcv-g4": #expect(layout.name == "pytorchcv's CondenseNet")
            case "densenet-torchvision": #expect(layout.name == "torchvision's DenseNet")
            default: #expect(layout.name == "the CondenseNet authors' code")
            }
        }
    }

    @Test func denseNet121IsTorchvisions() throws {
        let graph = try Graph(SourceNetwork(.denseNet121))
        #expect(graph.parameters == 7_978_856)
        #expect(try graph.validate() == 2_834_161_664)
        #expect(graph.paperFLOPs == 2_850_582_760)
    }
}
