import Checkpoint
import TestSupport
import Testing

@testable import Condenser

/// Checkpoints that are not finished networks: every one is refused with all its problems by name.
struct RefusalTests {
    private static let layer = "features.denseblock_2.denselayer_2.conv_1"
    private static let spatial = "features.denseblock_2.denselayer_2.conv_2"

    /// What is found in a sound checkpoint after `damage`.
    private func problems(
        _ options: Architecture.InferenceOptions = Architecture.InferenceOptions(),
        damage: (inout SyntheticCheckpoint) throws -> Void
    ) throws -> [String] {
        var synthetic = try SyntheticCheckpoint(Designs.make { _ in })
        try damage(&synthetic)
        let checkpoint = try synthetic.load()
        return try CondenserTests.problems { try Architecture.infer(from: checkpoint, options: options) }
    }

    @Test func halfCondensedFixture() throws {
        let checkpoint = try Checkpoint.load(path: Fixture.path("half-condensed/dense.pth.tar"))
        let inputs = [16, 24, 32, 48, 64, 96]
        let expected = inputs.enumerated().map { position, inputs in
            "features.denseblock_\(position / 2 + 1).denselayer_\(position % 2 + 1).conv_1: every group keeps "
                + "\(inputs * 3 / 4), needs \(inputs / 4) (condensation step 1 of 3)"
        }
        for allowUnpruned in [false, true] {
            let options = Architecture.InferenceOptions(allowUnpruned: allowUnpruned)
            let found = try CondenserTests.problems { try Architecture.infer(from: checkpoint, options: options) }
            #expect(found == expected)
        }
    }

    @Test func oneGroupUnfinished() throws {
        let found = try problems { synthetic in
            let name = "\(Self.layer)._mask"
            let inputs = synthetic.tensors[name]!.shape[1]
            let input = synthetic.tensors[name]!.values[(2 * inputs)..<(3 * inputs)].firstIndex(of: 0)! % inputs
            for output in stride(from: 2, to: 64, by: 4) {
                synthetic.tensors[name]!.values[output * inputs + input] = 1
            }
        }
        #expect(found == ["\(Self.layer): group 2 keeps 13, needs 12 (condensation step 3 of 3)"])
    }

    @Test func oneOutputKeepsFewer() throws {
        let found = try problems { synthetic in
            let name = "\(Self.layer)._mask"
            let inputs = synthetic.tensors[name]!.shape[1]
            let position = synthetic.tensors[name]!.values[(9 * inputs)...].firstIndex(of: 1)!
            synthetic.tensors[name]!.values[position] = 0
        }
        #expect(found == ["\(Self.layer): output 9 of group 1 keeps 11, needs 12 (condensation step 3 of 3)"])
    }

    @Test func outputsOfAGroupKeepDifferentInputs() throws {
        let found = try problems { synthetic in
            let name = "\(Self.layer)._mask"
            let inputs = synthetic.tensors[name]!.shape[1]
            let row = (9 * inputs)..<(10 * inputs)
            let values = synthetic.tensors[name]!.values[row]
            synthetic.tensors[name]!.values.swapAt(values.firstIndex(of: 1)!, values.firstIndex(of: 0)!)
        }
        #expect(found == ["\(Self.layer): outputs 1 and 9 of group 1 keep 12 inputs each, not the same ones"])
    }

    @Test func unprunedAmongPruned() throws {
        func unprune(_ synthetic: inout SyntheticCheckpoint) {
            let count = synthetic.tensors["\(Self.layer)._mask"]!.values.count
            synthetic.tensors["\(Self.layer)._mask"]!.values = Array(repeating: 1, count: count)
            synthetic.tensors["\(Self.layer)._stage"]!.values = [0]
            synthetic.tensors["\(Self.layer)._count"]!.values = [0]
        }
        #expect(
            try problems { unprune(&$0) } == [
                "\(Self.layer): nothing was condensed yet, all 48 inputs are kept (--allow-unpruned takes it as it is)"
            ])
        #expect(
            try problems(Architecture.InferenceOptions(allowUnpruned: true)) { unprune(&$0) } == [
                "\(Self.layer): condensation factor 1, in a network of 4"
            ])
    }

    @Test(arguments: [
        (Float(0), Float(0)), (1, 12), (2, 24), (3, 0), (0, 36), (1, 36), (2, 36), (3, 35), (-3, 36), (3, -36),
        (3.5, 36), (3, 48),
        (100, 36), (1e30, 1e30),
    ])
    func buffersThatBelongToNoCondensation(stage: Float, count: Float) throws {
        let found = try problems { synthetic in
            synthetic.tensors["\(Self.layer)._stage"]!.values = [stage]
            synthetic.tensors["\(Self.layer)._count"]!.values = [count]
        }
        #expect(
            found == ["\(Self.layer): _stage \(stage) and _count \(count) belong to no condensation of 48 inputs"])
    }

    @Test func layersOfDifferentFactors() throws {
        let other = try SyntheticCheckpoint(Designs.make { $0.condensationFactor = 2 })
        let found = try problems { synthetic in
            for part in ["_mask", "_stage", "_count"] {
                synthetic.tensors["\(Self.layer).\(part)"] = other.tensors["\(Self.layer).\(part)"]
            }
        }
        #expect(found == ["\(Self.layer): condensation factor 2, in a network of 4"])
    }

    @Test func masksWithoutWholeFactor() throws {
        let found = try problems { synthetic in
            synthetic.tensors = synthetic.tensors.filter {
                !$0.key.hasSuffix("._stage") && !$0.key.hasSuffix("._count")
            }
            let name = "\(Self.layer)._mask"
            let position = synthetic.tensors[name]!.values.firstIndex(of: 1)!
            synthetic.tensors[name]!.values[position] = 0
        }
        #expect(
            found == ["\(Self.layer): keeps from 11 to 12 of 48 inputs, which is no whole condensation factor"])
    }

    @Test func everyMissingTensorIsNamed() throws {
        let missing = [
            "classifier.bias", "features.denseblock_1.denselayer_1.conv_2.norm.running_mean",
            "features.init_conv.weight",
            "features.norm_last.weight", "\(Self.layer)._count", "\(Self.layer).conv.weight",
            "\(Self.spatial).conv.weight",
        ]
        let found = try problems { synthetic in missing.forEach { synthetic.tensors[$0] = nil } }
        #expect(Set(found) == Set(missing.map { "\($0): missing" }))
        #expect(found.count == missing.count)
    }

    @Test(arguments: [
        "_mask", "_stage", "_count", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var", "conv.weight",
    ])
    func eachTensorOfALayerIsNeeded(part: String) throws {
        #expect(
            try problems { $0.tensors["\(Self.layer).\(part)"] = nil } == ["\(Self.layer).\(part): missing"])
    }

    @Test func lostMaskAndBuffers() throws {
        let found = try problems { synthetic in
            for part in ["_mask", "_stage", "_count"] { synthetic.tensors["\(Self.layer).\(part)"] = nil }
        }
        #expect(found == ["\(Self.layer)._mask: missing"])
    }

    @Test func gaps() throws {
        let found = try problems { synthetic in
            synthetic.tensors = synthetic.tensors.filter { !$0.key.contains("denseblock_2.denselayer_1.") }
        }
        #expect(
            found == [
                "features.denseblock_2.denselayer_1: missing, although there is features.denseblock_2.denselayer_2"
            ])
        let far = try problems { synthetic in
            synthetic.tensors["features.denseblock_999999999999.denselayer_1.conv_1.norm.weight"] =
                synthetic.tensors["features.norm_last.weight"]
        }
        #expect(
            far.first == "features.denseblock_4: missing, although there is features.denseblock_999999999999")
    }

    @Test func unexpectedTensors() throws {
        let found = try problems { synthetic in
            synthetic.tensors["features.extra.weight"] = synthetic.tensors["classifier.bias"]
            synthetic.tensors["\(Self.layer).conv.bias"] = synthetic.tensors["classifier.bias"]
            synthetic.tensors["features.denseblock_01.denselayer_1.conv_1.norm.weight"] =
                synthetic.tensors["classifier.bias"]
        }
        #expect(
            found == [
                "features.denseblock_01.denselayer_1.conv_1.norm.weight: unexpected tensor",
                "\(Self.layer).conv.bias: unexpected tensor", "features.extra.weight: unexpected tensor",
            ])
    }

    @Test func foreignNetwork() throws {
        let found = try problems { synthetic in
            let bias = synthetic.tensors["classifier.bias"]!
            synthetic.tensors = ["conv1.weight": bias, "layer1.0.bn1.weight": bias, "fc.bias": bias, "fc.weight": bias]
        }
        #expect(
            found == [
                "expected the tensors of a CondenseNet or DenseNet (features.init_conv.weight, "
                    + "features.denseblock_1 …) or of a VGG, ResNet or MobileNet-v1, found 4 others: conv1.weight, fc.bias, fc.weight …"
            ])
    }

    @Test func convertedLayerAmongDenseOnes() throws {
        let found = try problems { synthetic in
            let converted = synthetic.converted()
            for (name, _) in synthetic.tensors where name.hasPrefix(Self.layer) { synthetic.tensors[name] = nil }
            for (name, tensor) in converted.tensors where name.hasPrefix(Self.layer) {
                synthetic.tensors[name] = tensor
            }
        }
        #expect(found == ["\(Self.layer): converted, among layers that are dense"])
    }

    @Test func denseLayerAmongConvertedOnes() throws {
        let found = try problems { synthetic in
            let dense = synthetic
            synthetic = synthetic.converted()
            for (name, _) in synthetic.tensors where name.hasPrefix(Self.layer) { synthetic.tensors[name] = nil }
            for (name, tensor) in dense.tensors where name.hasPrefix(Self.layer) { synthetic.tensors[name] = tensor }
        }
        #expect(found == ["\(Self.layer): dense, among layers that are converted"])
    }

    @Test func convertedClassifierOnDenseLayers() throws {
        let found = try problems { synthetic in
            let converted = synthetic.converted()
            for part in ["weight", "bias"] { synthetic.tensors["classifier.\(part)"] = nil }
            for (name, tensor) in converted.tensors where name.hasPrefix("classifier") {
                synthetic.tensors[name] = tensor
            }
        }
        #expect(found == ["classifier: converted, among layers that are dense"])
    }

    @Test func convertedLayersOfDifferentGroups() throws {
        let other = try SyntheticCheckpoint(Designs.make { $0.groups = 2 }).converted()
        let found = try problems { synthetic in
            synthetic = synthetic.converted()
            for (name, tensor) in other.tensors where name.hasPrefix(Self.layer) { synthetic.tensors[name] = tensor }
        }
        #expect(found == ["\(Self.layer): groups 2, in a network of 4"])
    }

    @Test(arguments: [Float(-1), 48, 1e9]) func convertedIndexOutOfRange(index: Float) throws {
        let found = try problems { synthetic in
            synthetic = synthetic.converted()
            synthetic.tensors["\(Self.layer).index"]!.values[5] = index
        }
        #expect(
            found.first == "\(Self.layer).index: expected indices from 0 to 47, found \(Int(index)) at 5")
    }

    @Test func convertedIndexOfRealNumbers() throws {
        let found = try problems { synthetic in
            synthetic = synthetic.converted()
            synthetic.tensors["classifier.index"]!.isIndex = false
        }
        #expect(found.first == "classifier.index: expected integers, found float32")
    }

    @Test(arguments: [
        ("conv.weight", Float.nan, "nan"), ("norm.running_mean", .infinity, "inf"), ("norm.weight", -.infinity, "-inf"),
        ("norm.bias", .nan, "nan"), ("norm.running_var", .infinity, "inf"),
    ])
    func numbersThatAreNotFinite(part: String, value: Float, text: String) throws {
        let found = try problems { $0.tensors["\(Self.layer).\(part)"]!.values[3] = value }
        #expect(found == ["\(Self.layer).\(part): expected finite numbers, found \(text) at 3"])
    }

    @Test(arguments: [Float(-1), -1e-5, -1e-30]) func negativeVariance(variance: Float) throws {
        let found = try problems { $0.tensors["features.norm_last.running_var"]!.values[2] = variance }
        #expect(
            found == ["features.norm_last.running_var: expected a variance of at least 0, found \(variance) at 2"])
    }

    @Test(arguments: [Float(0.5), 2, -1]) func maskOfOtherNumbers(value: Float) throws {
        let found = try problems { $0.tensors["\(Self.layer)._mask"]!.values[7] = value }
        #expect(found == ["\(Self.layer)._mask: expected 0 or 1, found \(value) at 7"])
    }

    @Test func shapesThatDoNotFit() throws {
        let found = try problems { synthetic in
            synthetic.tensors["features.init_conv.weight"]!.shape = [16, 3, 9, 1]
            synthetic.tensors["\(Self.layer).norm.bias"]!.shape = [4, 12]
            synthetic.tensors["\(Self.layer)._mask"]!.shape = [48, 64, 1, 1]
            synthetic.tensors["\(Self.spatial).conv.weight"] = SyntheticCheckpoint.Tensor(
                shape: [16, 5, 3, 3], values: Array(repeating: 1, count: 720))
            synthetic.tensors["classifier.bias"] = SyntheticCheckpoint.Tensor(shape: [0], values: [])
        }
        #expect(
            found == [
                "features.init_conv.weight: expected shape [any, 3, 3, 3], found [16, 3, 9, 1]",
                "\(Self.layer).norm.bias: expected shape [48], found [4, 12]",
                "\(Self.layer)._mask: expected shape [64, 48, 1, 1], found [48, 64, 1, 1]",
                "\(Self.spatial).conv.weight: expected shape [any, 64/groups, 3, 3] with groups that divide the outputs, "
                    + "found [16, 5, 3, 3]",
                "classifier.bias: expected shape [10], found [0]",
            ])
    }

    @Test func layersOfDifferentGrowth() throws {
        let found = try problems(Architecture.InferenceOptions()) { synthetic in
            synthetic.tensors["features.denseblock_3.denselayer_2.conv_2.conv.weight"] = SyntheticCheckpoint.Tensor(
                shape: [16, 32, 3, 3], values: Array(repeating: 1, count: 16 * 32 * 9))
        }
        #expect(found == ["features.denseblock_3.denselayer_2.conv_2: growth 16, in a network of 32"])
    }

    @Test func problemsOfEveryKindAtOnce() throws {
        let found = try problems { synthetic in
            synthetic.tensors["features.norm_last.running_var"]!.values[0] = -2
            synthetic.tensors["\(Self.spatial).norm.weight"]!.values[1] = .nan
            synthetic.tensors["classifier.bias"] = nil
            synthetic.tensors["extra"] = synthetic.tensors["features.norm_last.bias"]
            let name = "\(Self.layer)._mask"
            synthetic.tensors[name]!.values[synthetic.tensors[name]!.values.firstIndex(of: 1)!] = 0
        }
        #expect(found.count == 5)
        let error = ConversionError.problems([.missing(tensor: "a"), .unexpected(tensor: "b")])
        #expect(error.lines == ["a: missing", "b: unexpected tensor"])
        #expect(error.description == "a: missing\n  b: unexpected tensor")
    }
}
