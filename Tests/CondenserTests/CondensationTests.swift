import Checkpoint
import CondenseNet
import ModelFormat
import TestSupport
import Testing

@testable import Condenser

/// What conversion makes of the fixtures and of synthetic networks.
struct CondensationTests {
    private static let fixtures = [
        "cifar10-g4", "imagenet-g8", "cifar100-lgc-transitions", "cifar10-densenet", "fashion-mnist",
    ]

    /// The original conversion copies numbers and ours folds them in one order, so that nothing may differ.
    private func expectSame(_ one: CondensedNetwork, _ other: CondensedNetwork) {
        #expect(one.graph == other.graph)
        #expect(one.keptFeatures == other.keptFeatures)
        #expect(one.tensors.map(\.name) == other.tensors.map(\.name))
        for (one, other) in zip(one.tensors, other.tensors) {
            #expect(one.shape == other.shape, "\(one.name)")
            #expect(one.elements == other.elements, "\(one.name)")
        }
    }

    private func condense(
        _ checkpoint: Checkpoint, _ options: Architecture.InferenceOptions = Architecture.InferenceOptions(),
        classifierKeep: Double? = nil
    ) throws -> CondensedNetwork {
        let architecture = try Architecture.infer(from: checkpoint, options: options).architecture
        return try CondensedNetwork(checkpoint, architecture, classifierKeep: classifierKeep)
    }

    @Test(arguments: fixtures) func denseAndConvertedFixturesGiveOneNetwork(name: String) throws {
        let dense = try Checkpoint.load(path: Fixture.path("\(name)/dense.pth.tar"))
        let converted = try Checkpoint.load(path: Fixture.path("\(name)/converted.pth.tar"))
        expectSame(try condense(dense), try condense(converted))
    }

    @Test(arguments: ["dense-legacy", "dense-torch03", "converted", "converted-legacy", "converted-torch03"])
    func everyContainerGivesOneNetwork(file: String) throws {
        let zip = try Checkpoint.load(path: Fixture.path("cifar10-g4/dense.pth.tar"))
        let other = try Checkpoint.load(path: Fixture.path("cifar10-g4/\(file).pth.tar"))
        expectSame(try condense(zip), try condense(other))
    }

    @Test(arguments: Designs.all) func denseAndConvertedDesignsGiveOneNetwork(design: NetworkSpecification) throws {
        let synthetic = try SyntheticCheckpoint(design)
        let options = Designs.options(design)
        let dense = try condense(try synthetic.load(), options)
        expectSame(dense, try condense(try synthetic.converted().load(), options))
        let architecture = try Architecture(design)
        #expect(dense.graph == Graph(architecture))
        #expect(dense.tensors.map(\.name) == dense.graph.tensors.map(\.name))
        #expect(dense.tensors.map(\.shape) == dense.graph.tensors.map(\.shape))
    }

    @Test(arguments: Designs.all) func runtimeComputesTheSourceNetwork(design: NetworkSpecification) throws {
        let folder = try TemporaryFolder()
        var options = Conversion.Options()
        options.inference = Designs.options(design)
        let path = try SyntheticCheckpoint(design).write("dense.safetensors", in: folder)
        let verification = try Conversion(path: path, options: options).verify()
        #expect(verification.passes, "\(verification.table())")
        let architecture = try Architecture(design)
        #expect(verification.rows.map(\.layer) == Graph(architecture).steps.map(\.name))
    }

    @Test func unprunedNetworkRunsAsItIs() throws {
        let folder = try TemporaryFolder()
        var options = Conversion.Options()
        options.inference.allowUnpruned = true
        let design = Designs.make { ($0.groups, $0.condensationFactor, $0.spatialGroups) = (1, 1, 4) }
        let conversion = try Conversion(
            path: try SyntheticCheckpoint(design).write("dense.safetensors", in: folder), options: options)
        #expect(!conversion.network.tensors.contains { $0.name.hasSuffix("conv_1.index") })
        #expect(try conversion.verify().passes)
    }

    @Test(arguments: fixtures, ["dense", "converted"]) func originalAnswers(name: String, form: String) throws {
        let conversion = try Conversion(path: Fixture.path("\(name)/\(form).pth.tar"))
        try expectLogits(conversion, "\(name)/input.npy", "\(name)/logits-converted.npy")
    }

    @Test(arguments: fixtures) func originalAnswersOfTheWholeClassifier(name: String) throws {
        var options = Conversion.Options()
        options.classifierKeep = 1
        let conversion = try Conversion(path: Fixture.path("\(name)/dense.pth.tar"), options: options)
        #expect(conversion.network.keptFeatures == nil)
        #expect(!conversion.network.tensors.contains { $0.name == "features.pool_last.index" })
        try expectLogits(conversion, "\(name)/input.npy", "\(name)/logits-dense.npy")
    }

    private func expectLogits(_ conversion: Conversion, _ inputs: String, _ answers: String) throws {
        let (inputs, answers) = (try Fixture.array(inputs), try Fixture.array(answers))
        let session = try Session(plan: try ExecutionPlan(Model(try ModelFile(bytes: conversion.bytes))))
        let size = inputs.values.count / inputs.shape[0]
        let largest = answers.values.map(\.magnitude).max()!
        var difference: Float = 0
        for image in 0..<inputs.shape[0] {
            let logits = try session.logits(Array(inputs.values[(image * size)..<((image + 1) * size)]))
            #expect(logits.count == answers.shape[1])
            for (position, logit) in logits.enumerated() {
                difference = max(difference, (logit - answers.values[image * answers.shape[1] + position]).magnitude)
            }
        }
        #expect(difference <= 1e-5 * largest, "largest logit \(largest)")
    }

    @Test func classifierKeepsTheLargestColumnsInAscendingOrder() throws {
        var synthetic = try SyntheticCheckpoint(Designs.all[0])
        let features = synthetic.architecture.classifier.features
        // Column j sums to j mod 8, so that equal sums meet in every choice.
        synthetic.tensors["classifier.weight"]!.values = (0..<(10 * features)).map {
            Float($0 % features % 8) * ($0 / features % 2 == 0 ? 0.5 : -0.5)
        }
        let checkpoint = try synthetic.load()
        let ascending = (0..<features).sorted { ($0 % 8, $0) < ($1 % 8, $1) }
        for (keep, count) in [(0.5, 64), (0.3, 38), (0.999, 127), (0.0079, 1)] {
            #expect(try condense(checkpoint, classifierKeep: keep).keptFeatures == Array(ascending.suffix(count)))
        }
        #expect(try condense(checkpoint, classifierKeep: 1).keptFeatures == nil)
        for keep in [0, -0.5, 1.5, .nan, .infinity, 0.007] {
            #expect(throws: ConversionError.self) { try condense(checkpoint, classifierKeep: keep) }
        }
        let converted = try synthetic.converted().load()
        #expect(throws: ConversionError.self) { try condense(converted, classifierKeep: 0.5) }
    }

    @Test func classifierEffect() throws {
        var options = Conversion.Options()
        options.classifierKeep = 0.6
        let path = Fixture.path("fashion-mnist/dense.pth.tar")
        let effect = try #require(try Conversion(path: path, options: options).classifierEffect)
        #expect(effect.rows.map(\.features) == [88, 176, 211, 264, 352])
        #expect(effect.rows.filter(\.isChosen).map(\.features) == [211])
        let whole = try #require(effect.rows.last)
        #expect(whole.difference == 0 && whole.relativeDifference == 0 && whole.sameAnswers == effect.inputs)
        #expect(effect.rows.dropLast().allSatisfy { $0.difference > 0 })
        #expect(try Conversion(path: Fixture.path("fashion-mnist/converted.pth.tar")).classifierEffect == nil)
    }

    @Test func numbersBeyondSinglePrecision() throws {
        var synthetic = try SyntheticCheckpoint(Designs.all[0])
        let name = "features.denseblock_1.denselayer_2.conv_1"
        for channel in 0..<24 {
            synthetic.tensors["\(name).norm.weight"]!.values[channel] = 3e38
            synthetic.tensors["\(name).norm.running_var"]!.values[channel] = 0
        }
        let checkpoint = try synthetic.load()
        let found = try problems { try condense(checkpoint) }
        let tensors = ["scale", "shift"].map { "\(name).\($0): expected numbers that fit single precision, found " }
        #expect(zip(found, tensors).allSatisfy { $0.hasPrefix($1) } && found.count == tensors.count)
    }
}

extension TensorData.Elements: Equatable {
    /// Whether both hold the same bits.
    public static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.float32(let left), .float32(let right)): left.map(\.bitPattern) == right.map(\.bitPattern)
        case (.float16(let left), .float16(let right)): left == right
        case (.int32(let left), .int32(let right)): left == right
        default: false
        }
    }
}
