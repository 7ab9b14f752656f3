import Checkpoint
import CondenseNet
import Foundation
import ModelFormat
import TestSupport
import Testing

@testable import Condenser

/// Checkpoints of networks that CondenseNets are compared with; the answers are PyTorch's.
struct ComparisonConversionTests {
    /// A folder of fixtures, the network's name, input size, layers and parameters, and whether shapes tell the size.
    struct Network: Sendable, CustomTestStringConvertible {
        let row: TableRow

        var testDescription: String { row.description }
        var name: String { row[text: 1] }
        var inputSize: Int { row[2] }
        var tellsSize: Bool { row[5] == 1 }
        var path: String { Fixture.path("comparison/\(row)/checkpoint.pth") }

        var options: Conversion.Options {
            var options = Conversion.Options()
            if !tellsSize { options.inference.inputSize = inputSize }
            return options
        }
    }

    static let networks = TableRow.rows(
        """
        vgg       VGG-16       32 21   4853 1
        resnet    ResNet-18    65 32 44_805 0
        mobilenet MobileNet-v1 64 29   9285 0
        """
    ).map(Network.init)

    @Test(arguments: networks) func answersArePyTorchs(network: Network) throws {
        let conversion = try Conversion(path: network.path, options: network.options)
        #expect(conversion.description.name == network.name)
        #expect(conversion.description.inputShape.height == network.inputSize)
        #expect(conversion.description.graph.parameters == network.row[4])
        let input = try Fixture.array("comparison/\(network.row)/input.npy")
        let expected = try Fixture.array("comparison/\(network.row)/logits.npy").values
        let model = Model(try ModelFile(bytes: conversion.bytes))
        let largest = expected.map(\.magnitude).max()!
        let image = input.values.count / 2
        #expect(zip(expected.prefix(5), expected.suffix(5)).contains { ($0 - $1).magnitude > 0.01 * largest })
        for options in [ExecutionPlan.Options(), ExecutionPlan.Options(referenceKernels: true)] {
            let session = try Session(plan: try ExecutionPlan(model, options: options))
            let logits = try (0..<2).flatMap {
                try session.logits(Array(input.values[($0 * image)..<(($0 + 1) * image)]))
            }
            for (found, expected) in zip(logits, expected) { #expect((found - expected).magnitude <= 1e-5 * largest) }
        }
    }

    @Test(arguments: networks) func everyLayerIsProven(network: Network) throws {
        let verification = try Conversion(path: network.path, options: network.options).verify()
        #expect(verification.passes, "\(verification.verdict)")
        #expect(verification.rows.count == network.row[3])
        var options = network.options
        options.precision = .f16
        let half = try Conversion(path: network.path, options: options)
        #expect(try half.verify(inputs: 1).passes)
        let single = try Conversion(path: network.path, options: network.options)
        #expect(half.bytes.count < single.bytes.count)
    }

    @Test(arguments: networks) func sameBytesEachTime(network: Network) throws {
        let first = try Conversion(path: network.path, options: network.options).bytes
        #expect(try Conversion(path: network.path, options: network.options).bytes == first)
    }

    @Test func sizesFollowWhereTheyCan() throws {
        var options = Conversion.Options()
        options.preprocessing.dataset = .imagenet
        for network in Self.networks where !network.tellsSize {
            #expect(try Conversion(path: network.path, options: options).description.inputShape.height == 224)
        }
        options.inference.inputSize = 64
        #expect(throws: ConversionError.self) { try Conversion(path: Self.networks[0].path, options: options) }
        options.inference.inputSize = 0
        #expect(throws: ConversionError.self) { try Conversion(path: Self.networks[1].path, options: options) }
        options.inference.inputSize = 16_384
        #expect(throws: (any Error).self) { try Conversion(path: Self.networks[1].path, options: options) }
    }

    @Test(arguments: networks) func optionsOfOtherNetworks(network: Network) throws {
        var options = network.options
        options.classifierKeep = 0.5
        #expect(throws: ConversionError.self) { try Conversion(path: network.path, options: options) }
        options.classifierKeep = nil
        options.inference.allowUnpruned = true
        #expect(throws: ConversionError.self) { try Conversion(path: network.path, options: options) }
    }

    // MARK: Damage

    private func problems(
        _ network: Network, damage: (inout [String: SyntheticCheckpoint.Tensor]) -> Void
    ) throws -> [String] {
        let checkpoint = try Checkpoint.load(path: network.path)
        var tensors = try Dictionary(
            uniqueKeysWithValues: checkpoint.names.map { name in
                let tensor = try #require(checkpoint[name])
                let isIndex = tensor.elementType.isInteger
                return (
                    name,
                    SyntheticCheckpoint.Tensor(
                        shape: tensor.shape,
                        values: isIndex ? try tensor.integers().map(Float.init) : try tensor.floats(),
                        isIndex: isIndex)
                )
            })
        damage(&tensors)
        let folder = try TemporaryFolder()
        let path = folder.path("damaged.safetensors")
        try Data(try SyntheticCheckpoint.bytes(of: tensors)).write(to: URL(fileURLWithPath: path))
        return try CondenserTests.problems { try Conversion(path: path, options: network.options) }
    }

    @Test func soundCheckpointsHaveNoProblems() throws {
        for network in Self.networks { #expect(try problems(network) { _ in } == []) }
    }

    @Test func damageIsNamed() throws {
        let (vgg, resNet, mobileNet) = (Self.networks[0], Self.networks[1], Self.networks[2])
        #expect(
            try problems(vgg) { $0["features.7.bias"] = nil } == ["features.7.bias: missing"])
        #expect(
            try problems(vgg) { $0["classifier.3.weight"]!.shape = [12, 10] }
                == ["classifier.3.weight: expected shape [any, 12], found [12, 10]"])
        #expect(
            try problems(vgg) {
                $0["features.40.weight"] = $0["features.28.weight"]
                $0["features.40.bias"] = $0["features.28.bias"]
            } == ["features.40.weight: unexpected tensor"])
        #expect(
            try problems(vgg) {
                $0["classifier.0.weight"] = SyntheticCheckpoint.Tensor(
                    shape: [12, 24], values: .init(repeating: 0, count: 288))
            } == ["classifier.0.weight: expected shape [any, 8·side²], found [12, 24]"])
        #expect(
            try problems(resNet) { $0["layer2.1.bn2.running_var"]!.values[3] = -1 }
                == ["layer2.1.bn2.running_var: expected a variance of at least 0, found -1.0 at 3"])
        #expect(
            try problems(resNet) { $0["layer3.0.conv3.weight"] = $0["layer3.0.conv2.weight"] }
                == ["layer3.0.conv3.weight: unexpected tensor"])
        #expect(
            try problems(resNet) { $0["layer2.0.downsample.0.weight"] = nil }
                == ["layer2.0.downsample.0.weight: missing"])
        #expect(
            try problems(mobileNet) { $0["model.5.0.weight"]!.values[0] = .nan }
                == ["model.5.0.weight: expected finite numbers, found nan at 0"])
        #expect(try problems(mobileNet) { $0["model.13.4.bias"] = nil } == ["model.13.4.bias: missing"])
    }
}
