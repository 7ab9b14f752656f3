import Checkpoint
import CondenseNet
import Foundations
import ModelFormat
import TestSupport
import Testing

@testable import Condenser

/// CondenseNetV2 against what its authors' code computes.
struct CondenseNetV2Tests {
    /// The converted file has no settings.
    static let networks: [FixtureNetwork] = [
        FixtureNetwork(
            folder: "cdnv2-cifar", checkpoint: "dense-ema.pth.tar", logits: "logits-dense.npy"),
        FixtureNetwork(
            folder: "cdnv2-cifar", checkpoint: "dense-ema.pth.tar", logits: "logits-raw.npy", weights: "state_dict"),
        FixtureNetwork(
            folder: "cdnv2-cifar", checkpoint: "converted.pth.tar", logits: "logits-converted.npy", hardSwishFrom: 2),
        FixtureNetwork(
            folder: "cdnv2-imagenet", checkpoint: "dense-ema.pth.tar", logits: "logits-dense.npy"),
        FixtureNetwork(
            folder: "cdnv2-imagenet", checkpoint: "dense-ema.pth.tar", logits: "logits-raw.npy", weights: "state_dict"),
        FixtureNetwork(
            folder: "cdnv2-imagenet", checkpoint: "converted.pth.tar", logits: "logits-converted.npy"),
    ]

    @Test(arguments: networks) func answersAreTheOriginalCodes(network: FixtureNetwork) throws {
        let conversion = try network.converted()
        for reference in [false, true] { try network.expectLogits(of: conversion, referenceKernels: reference) }
        let input = try Fixture.array("\(network.folder)/\(network.input)")
        let expected = try Fixture.array("\(network.folder)/\(network.logits)")
        let answers = try conversion.evaluator.evaluate(input.values, count: input.shape[0])
        let largest = Double(expected.values.map(\.magnitude).max()!)
        for (found, expected) in zip(answers, expected.values) {
            #expect((found - Double(expected)).magnitude <= 1e-5 * largest, "the evaluator")
        }
    }

    @Test(arguments: networks) func everyLayerIsVerified(network: FixtureNetwork) throws {
        let conversion = try network.converted()
        let verification = try conversion.verify()
        #expect(verification.passes, "\(verification.table())")
        #expect(verification.rows.map(\.layer) == conversion.description.graph.steps.map(\.name))
    }

    /// A reactivation that is left out, or put to another channel, is found in its own layer.
    @Test(arguments: ["weight", "destinations", "index"]) func aWrongReactivationIsNotVerified(role: String) throws {
        let conversion = try Self.networks[0].converted()
        let name = "features.denseblock_2.denselayer_1.sfr"
        var tensors = try conversion.network.tensors(.f32)
        let position = try #require(tensors.firstIndex { $0.name == "\(name).\(role)" })
        let tensor = tensors[position]
        switch tensor.elements {
        case .float32(let numbers):
            tensors[position] = TensorData(
                name: tensor.name, shape: tensor.shape, elements: .float32(numbers.map { _ in 0 }))
        case .int32(let channels):
            tensors[position] = TensorData(
                name: tensor.name, shape: tensor.shape, elements: .int32(Array(channels.reversed())))
        case .float16, .int8: Issue.record("\(tensor.name) is not of single precision")
        }
        let bytes = try ModelFile.bytes(conversion.description, tensors: tensors)
        let verification = try Verification(of: bytes, conversion.description.graph, .f32, inputs: 1) {
            input, observe in
            _ = try conversion.evaluator.evaluate(input, count: 1, observe: observe)
        }
        #expect(verification.rows.first { !$0.passes }?.layer == name)
    }

    @Test func everyModulesOutputIsTheOriginalCodes() throws {
        let conversion = try Self.networks[0].converted()
        let image = try Fixture.array("cdnv2-cifar/input.npy").images[0]
        var outputs: [String: [Float]] = [:]
        var values: [String: [Float]] = [:]
        let plan = try ExecutionPlan(
            Model(try ModelFile(bytes: conversion.bytes)), options: .init(retainsValues: true))
        try plan.run(image) { step, output in
            outputs[step.name] = output
            if step.operation is Accumulation {
                values[step.output]!.replaceSubrange(0..<output.count, with: output)
            } else {
                values[step.output, default: []] += output
            }
        }
        func expect(_ tap: String, _ found: [Float]) throws {
            let expected = try Fixture.array("cdnv2-cifar/tap-\(tap).npy").values
            let largest = expected.map(\.magnitude).max()!
            #expect(found.count == expected.count, "\(tap)")
            for (found, expected) in zip(found, expected) {
                #expect((found - expected).magnitude <= 1e-5 * largest, "\(tap)")
            }
        }
        try expect("init_conv", try #require(outputs["features.init_conv"]))
        for block in 1...3 { try expect("denseblock_\(block)", try #require(values["denseblock_\(block)"])) }
        for number in 1...2 {
            try expect("transition_\(number)", try #require(outputs["features.transition_\(number).pool"]))
        }
        try expect("pool_last", try #require(outputs["features.pool_last"]))
        try expect("se_last", try #require(outputs["features.se_last"]))
    }

    @Test func whatIsInferredIsSaid() throws {
        let conversion = try Self.networks[0].converted()
        let architecture = try #require(conversion.network.architecture)
        #expect(architecture.name == "CondenseNetV2-14")
        #expect(architecture.stages.map(\.activation) == [.relu, .hardSwish, .hardSwish])
        #expect(architecture.stages.map { $0.layers[0].squeezeExcite } == [nil, nil, 32])
        #expect(architecture.head == Architecture.Head(squeezeExcite: 8, features: 96))
        let summary = architecture.summary(kept: architecture.classifier.inputs).map { "\($0.label): \($0.text)" }
        for line in [
            "reactivation: groups 4", "hard swish: from block 2",
            "squeeze-excite: from block 3; of the features, to 8", "hidden layer: 96 features with hard swish",
            "classifier: 10 classes from 96 of 96 features",
        ] { #expect(summary.contains(line), "\(summary)") }
        #expect(conversion.remarks.contains("hard swish from block 2, as the checkpoint's args.HS_start_block says"))
        #expect(
            conversion.remarks.contains("the moving average of the weights is taken, as CondenseNetV2's authors do"))
        #expect(conversion.remarks.contains { $0.contains("--weights state_dict takes these instead") })
    }

    @Test func thePublishedRuleIsAWarning() throws {
        var network = Self.networks[2]
        network.hardSwishFrom = nil
        let conversion = try network.converted()
        #expect(
            conversion.warnings.contains { $0.hasPrefix("hard swish from block 3 is the published networks' rule") })
        #expect(conversion.network.architecture?.stages.map(\.activation) == [.relu, .relu, .hardSwish])
        #expect(try conversion.verify(inputs: 1).passes)
    }

    @Test func optionsThatDoNotFit() throws {
        func expect(_ text: String, _ path: String, _ change: (inout Conversion.Options) -> Void) {
            var options = Conversion.Options()
            change(&options)
            #expect(throws: ConversionError.option(text)) { try Conversion(path: Fixture.path(path), options: options) }
        }
        expect("--hard-swish-from: only CondenseNetV2 has hard swish", "cifar10-g4/dense.pth.tar") {
            $0.inference.hardSwishFrom = 2
        }
        expect(
            "--hard-swish-from: expected a block's number, counted from 1, found 0", "cdnv2-cifar/converted.pth.tar"
        ) { $0.inference.hardSwishFrom = 0 }
        expect("--classifier-keep: a CondenseNetV2 reads all of its features", "cdnv2-cifar/converted.pth.tar") {
            $0.classifierKeep = 0.5
        }
    }

    @Test(arguments: [("half-condensed", " keeps "), ("averaged-masks", "a moving average of masks")])
    func unfinishedMasksAreRefusedByName(checkpoint: String, reason: String) throws {
        do {
            _ = try Conversion(path: Fixture.path("cdnv2-cifar/\(checkpoint).pth.tar"))
            Issue.record("converted \(checkpoint)")
        } catch ConversionError.problems(let problems) {
            let lines = problems.map(\.description)
            for layer in ["denselayer_1.conv_1", "denselayer_1.sfr"] {
                #expect(lines.contains { $0.contains(layer) && $0.contains(reason) }, "\(lines)")
            }
        }
    }

    /// A network of the published size: `tools/make-condensenet-v2` makes one of random weights.
    @Test(arguments: [[], ["--converted"]] as [[String]]) func aWholeNetworkIsProven(form: [String]) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.safetensors")
        try PythonTool.expectSuccess("make-condensenet-v2", ["a", path] + form)
        let conversion = try Conversion(path: path)
        #expect(conversion.description.name == "CondenseNetV2-A")
        #expect(conversion.description.graph.paperFLOPs == 45_874_350)
        #expect(conversion.description.graph.parameters == 2_038_444)
        #expect(conversion.description.preprocessing.interpolation == .bicubic)
        let verification = try conversion.verify(inputs: 1)
        #expect(verification.passes, "\(verification.verdict)")
    }

    @Test(arguments: [0, 2, 4]) func onnxRuntimeAgrees(number: Int) throws {
        let network = Self.networks[number]
        let folder = try TemporaryFolder()
        let bytes = try ONNXExporter.bytes(try ModelFile(bytes: try network.converted().bytes))
        try PythonTool.expectSuccess(
            "check-onnx.py",
            [
                try folder.write(bytes, to: "model.onnx"), Fixture.path("\(network.folder)/\(network.input)"),
                Fixture.path("\(network.folder)/\(network.logits)"),
            ])
    }

    @Test(arguments: CondenseNetV2Variant.allCases) func imagesAreResizedAsTheirAuthorsDid(
        variant: CondenseNetV2Variant
    ) throws {
        var design = NetworkSpecification(stages: variant.stages, growth: variant.growth)
        (design.family, design.groups) = (.condenseNetV2, variant == .b ? 6 : 8)
        let (description, _) = try ModelDescription.architecture(design)
        #expect(description.preprocessing.interpolation == (variant == .c ? .bilinear : .bicubic))
        #expect(description.preprocessing.resize == 256 && description.preprocessing.crop == 224)
    }
}
