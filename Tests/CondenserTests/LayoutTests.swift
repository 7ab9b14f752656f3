import Checkpoint
import CondenseNet
import Foundation
import ModelFormat
import TestSupport
import Testing

@testable import Condenser

/// Checkpoints of other codes, and inputs of other sizes; the answers are those of the code that wrote each.
struct LayoutTests {
    static let networks: [FixtureNetwork] = [
        FixtureNetwork(
            folder: "pytorchcv-g4", checkpoint: "condensenet_small.pth", logits: "logits.npy", name: "CondenseNet-12"),
        FixtureNetwork(
            folder: "fine-tuned", checkpoint: "plain.pth.tar", logits: "logits-plain.npy", name: "CondenseNet-14"),
        FixtureNetwork(
            folder: "fine-tuned", checkpoint: "sequential.pth.tar", logits: "logits-sequential.npy",
            name: "CondenseNet-14"),
        FixtureNetwork(
            folder: "densenet-torchvision", checkpoint: "densenet_small.pth", logits: "logits.npy", name: "DenseNet-21"),
        FixtureNetwork(
            folder: "densenet-torchvision", checkpoint: "densenet_small-published-names.pth", logits: "logits.npy",
            name: "DenseNet-21"),
    ]

    static let pooled: [FixtureNetwork] = [
        FixtureNetwork(
            folder: "pool-window", checkpoint: "five-256-converted.pth.tar", input: "five-256-input.npy",
            logits: "five-256-logits-converted.npy", name: "CondenseNet-14", inputSize: 256),
        FixtureNetwork(
            folder: "pool-window", checkpoint: "five-256-dense.pth.tar", input: "five-256-input.npy",
            logits: "five-256-logits-converted.npy", name: "CondenseNet-14", inputSize: 256),
        FixtureNetwork(
            folder: "pool-window", checkpoint: "three-40-converted.pth.tar", input: "three-40-input.npy",
            logits: "three-40-logits-converted.npy", name: "CondenseNet-14", inputSize: 40, stemStride: 1),
        FixtureNetwork(
            folder: "pool-window", checkpoint: "three-40-dense.pth.tar", input: "three-40-input.npy",
            logits: "three-40-logits-converted.npy", name: "CondenseNet-14", inputSize: 40, stemStride: 1),
    ]

    @Test(arguments: networks) func answersAreTheOriginalCodes(network: FixtureNetwork) throws {
        let conversion = try network.converted()
        #expect(conversion.description.name == network.name)
        try network.expectLogits(of: conversion)
        let verification = try conversion.verify(inputs: 1)
        #expect(verification.passes, "\(verification.verdict)")
    }

    @Test(arguments: pooled) func lastPoolingHasTheOriginalsWindow(network: FixtureNetwork) throws {
        let conversion = try network.converted()
        try network.expectLogits(of: conversion)
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
        let network = FixtureNetwork(
            folder: "pool-window", checkpoint: "\(name)-dense.pth.tar", input: "\(name)-input.npy",
            logits: "\(name)-logits-dense.npy", inputSize: name == "five-256" ? 256 : 40,
            stemStride: name == "five-256" ? 2 : 1)
        var options = network.options
        options.classifierKeep = 1
        try network.expectLogits(of: try Conversion(path: network.path, options: options))
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
