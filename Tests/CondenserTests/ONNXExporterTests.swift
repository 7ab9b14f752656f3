import CondenseNet
import Condenser
import Foundations
import ModelFormat
import Testing
import TestSupport

/// What the exporter writes, field by field. Numbers are those of onnx.proto.
struct ONNXExporterTests {
    private let model: ONNXMessage
    private let graph: ONNXMessage
    private let nodes: [ONNXMessage]

    init() throws {
        let bytes = try ONNXExporter.bytes(ONNXExampleGraph.description, tensors: ONNXExampleGraph.tensors(seed: 1))
        model = try ONNXMessage(bytes)
        graph = try #require(try model.messages(7).first)
        nodes = try graph.messages(1)
    }

    private func node(_ name: String) throws -> ONNXMessage {
        try #require(nodes.first { $0.strings(3) == [name] }, "no node \(name)")
    }

    /// Attributes of type INT and INTS by name.
    private func attributes(_ node: ONNXMessage) throws -> [String: [Int]] {
        var result: [String: [Int]] = [:]
        for attribute in try node.messages(5) {
            let isList = attribute.integers(20) == [7]
            #expect(isList || attribute.integers(20) == [2])
            result[attribute.strings(1)[0]] = attribute.integers(isList ? 8 : 3)
        }
        return result
    }

    @Test func modelNamesItsVersionsAndPreprocessing() throws {
        #expect(model.integers(1) == [7])
        #expect(model.strings(2) == ["condensenet"])
        let operatorSets = try model.messages(8)
        #expect(operatorSets.map { $0.integers(2) } == [[ONNXExporter.operatorSet]])
        let metadata = try model.messages(14).map { [$0.strings(1)[0], $0.strings(2)[0]] }
        #expect(
            metadata == [
                ["resize", "9"], ["crop", "8"], ["mean", "0.5,0.25,0.125"], ["std", "1.0,2.0,4.0"],
                ["colorOrder", "RGB"], ["labels", "a\nb\nc\nd\ne"],
            ])
    }

    @Test func batchIsFree() throws {
        func shape(_ field: Int) throws -> (name: String, dimensions: [String]) {
            let value = try #require(try graph.messages(field).first)
            let tensor = try value.messages(2)[0].messages(1)[0]
            #expect(tensor.integers(1) == [1])
            let dimensions = try tensor.messages(2)[0].messages(1)
            return (value.strings(1)[0], dimensions.map { $0.strings(2).first ?? "\($0.integers(1)[0])" })
        }
        #expect(try shape(11) == ("input", ["N", "3", "8", "8"]))
        #expect(try shape(12) == ("logits", ["N", "5"]))
    }

    @Test func everyStepIsANodeUnderItsName() throws {
        let words = [
            "conv", "conv", "conv", "conv", "add", "pool", "conv", "add", "pool", "conv", "pool", "pool", "gemm",
            "scale",
            "gemm", "gemm",
        ]
        let operations = try zip(ONNXExampleGraph.description.graph.steps, words).map { step, word in
            try node("\(step.name)/\(word)").strings(4)[0]
        }
        #expect(
            operations == [
                "Conv", "Conv", "Conv", "Conv", "Add", "MaxPool", "Conv", "Add", "AveragePool", "Conv", "AveragePool",
                "GlobalAveragePool", "Gemm", "Mul", "Gemm", "Gemm",
            ])
        #expect(Set(nodes.map { $0.strings(3)[0] }).count == nodes.count)
    }

    @Test func condensedConvolutionIsGatherScaleShiftActivateConvolveShuffle() throws {
        let names = ["gather", "scale", "shift", "pre-relu", "conv", "relu", "split", "shuffle", "merge"].map {
            "layer_1.conv_1/\($0)"
        }
        let chain = try names.map(node)
        #expect(
            chain.map { $0.strings(4)[0] }
                == ["Gather", "Mul", "Add", "Relu", "Conv", "Relu", "Reshape", "Transpose", "Reshape"])
        for (producer, consumer) in zip(chain, chain.dropFirst()) {
            #expect(consumer.strings(1)[0] == producer.strings(2)[0])
        }
        #expect(chain.last?.strings(2) == ["layer_1.conv_1/output"])
        #expect(try attributes(chain[0]) == ["axis": [1]])
        #expect(
            try attributes(chain[4]) == [
                "group": [2], "kernel_shape": [1, 1], "strides": [1, 1], "pads": [0, 0, 0, 0],
            ])
        #expect(try attributes(chain[7]) == ["perm": [0, 2, 1, 3, 4]])
    }

    @Test func readersShareWhatTheyConcatenate() throws {
        #expect(nodes.filter { $0.strings(4) == ["Concat"] }.count == 5)
        #expect(try node("block/concat-10").strings(1) == ["stem/output", "layer_1.conv_2/output"])
        #expect(try node("block/slice-8").strings(1)[0] == "block/concat-10")
        // What a step adds to has another tensor afterwards.
        #expect(
            try node("block/concat-15-after-1").strings(1)
                == ["reactivation/output", "block/slice-from-8-15"])
        #expect(try node("features/concat-10").strings(1) == ["pool_last/output", "linear_1/output/planes"])
    }

    @Test func everyTensorIsAnInitializer() throws {
        let initializers = try graph.messages(5)
        let names = initializers.map { $0.strings(8)[0] }
        #expect(Set(names).count == names.count)
        for tensor in ONNXExampleGraph.description.graph.tensors {
            // Where the sums of a reactivation go is told by its weights' places.
            guard tensor.role != .destinations else {
                #expect(!names.contains(tensor.name))
                continue
            }
            let position = try #require(names.firstIndex(of: tensor.name), "no initializer \(tensor.name)")
            let shape =
                switch tensor.role {
                case .scale, .shift: [1, tensor.count, 1, 1]
                case .squeeze, .excite: tensor.shape + [1, 1]
                case .weight where tensor.name == "reactivation.weight": [8, 6, 1, 1]
                default: tensor.shape
                }
            #expect(initializers[position].integers(1) == shape)
            #expect(initializers[position].integers(2) == [tensor.role.isIndex ? 7 : 1])
            let size = tensor.role.isIndex ? 8 : 4
            #expect(initializers[position].bytes(9).map(\.count) == [size * shape.reduce(1, *)])
        }
    }

    @Test func operandsAreDefinedBeforeTheirUse() throws {
        var defined = Set(try graph.messages(5).map { $0.strings(8)[0] } + ["input"])
        for node in nodes {
            for input in node.strings(1) { #expect(defined.contains(input), "\(node.strings(3)): \(input)") }
            for output in node.strings(2) { #expect(defined.insert(output).inserted, "\(output) twice") }
        }
        #expect(defined.contains("logits"))
    }

    @Test func sameModelSameBytes() throws {
        let description = ONNXExampleGraph.description
        let first = try ONNXExporter.bytes(description, tensors: ONNXExampleGraph.tensors(seed: 2))
        #expect(try ONNXExporter.bytes(description, tensors: ONNXExampleGraph.tensors(seed: 2)) == first)
        #expect(try ONNXExporter.bytes(description, tensors: ONNXExampleGraph.tensors(seed: 3)) != first)
    }

    @Test func brokenGraphIsRefused() {
        var description = ONNXExampleGraph.description
        description.graph.steps[0].inputChannels = 4
        #expect(throws: ModelFormatError.self) {
            try ONNXExporter.bytes(description, tensors: ONNXExampleGraph.tensors(seed: 1))
        }
    }

    /// Of our own runtime, in each of its ways.
    @Test(arguments: [1, 2, 3]) func sessionAgreesWithTheDefinitionOfTheGraph(seed: UInt64) throws {
        let model = try Model(architecture: ONNXExampleGraph.description, seed: seed)
        var generator = SplitMix64(seed: seed)
        let image = (0..<model.description.inputShape.count).map { _ in generator.nextFloat() }
        let reference = ONNXGraphReference(
            graph: model.description.graph, source: ONNXExampleGraph.tensors(seed: seed))
        let expected = try reference.logits(image)
        let largest = expected.map(\.magnitude).max()!
        try #require(largest > 0)
        for options in [ExecutionPlan.Options(), .init(referenceKernels: true), .init(winograd: false)] {
            let logits = try Session(plan: ExecutionPlan(model, options: options)).logits(image)
            #expect(logits.count == expected.count)
            for (logit, exact) in zip(logits, expected) {
                #expect((Double(logit) - exact).magnitude <= 1e-5 * largest, "\(options)")
            }
        }
    }

    @Test(arguments: [1, 2, 3]) func runtimeAgreesWithTheDefinitionOfTheGraph(seed: UInt64) throws {
        let description = ONNXExampleGraph.description
        let tensors = ONNXExampleGraph.tensors(seed: seed)
        var generator = SplitMix64(seed: seed)
        let images = (0..<(2 * description.inputShape.count)).map { _ in generator.nextFloat() }
        let reference = ONNXGraphReference(graph: description.graph, source: tensors)
        let logits = try [images.prefix(images.count / 2), images.suffix(images.count / 2)].flatMap {
            try reference.logits(Array($0)).map(Float.init)
        }
        try PythonTool.expectAgreement(
            ofONNX: try ONNXExporter.bytes(description, tensors: tensors), images: images,
            shape: description.inputShape, logits: logits)
    }
}
