import Foundations
import ModelFormat

/// Models of a few hundred weights: together, every operation of the format appears in them.
enum TinyModel {
    private static func value(_ name: String, _ channels: Int, _ side: Int) -> Value {
        Value(name, PlaneShape(channels: channels, height: side, width: side))
    }

    static let graph = Graph(
        values: [
            value("image", 3, 8), value("block", 8, 8), value("bottleneck", 8, 8), value("pooled", 8, 4),
            value("maxima", 8, 4), value("sum", 8, 4), value("features", 6, 1), value("logits", 5, 1),
        ],
        steps: [
            Step(
                name: "stem", operation: Convolution(outputChannels: 4, kernel: 3, padding: 1),
                input: "image", inputChannels: 3, output: "block",
                source: SourceCost(parameters: 108, paperFLOPs: 6912)),
            Step(
                name: "layer.conv_1",
                operation: Convolution(
                    preActivation: PreActivation(gather: 4, normalize: true, activation: .relu), outputChannels: 8,
                    kernel: 1, groups: 2,
                    bias: true, activation: .relu, shuffle: true),
                input: "block", inputChannels: 4, output: "bottleneck",
                source: SourceCost(parameters: 32, paperFLOPs: 1280)),
            Step(
                name: "layer.conv_2",
                operation: Convolution(outputChannels: 4, kernel: 3, padding: 1, groups: 2),
                input: "bottleneck", inputChannels: 8, output: "block", outputOffset: 4,
                source: SourceCost(parameters: 160, paperFLOPs: 9728)),
            Step(
                name: "average", operation: Pooling(kind: .average, kernel: 2, stride: 2), input: "block",
                inputChannels: 8, output: "pooled"),
            Step(
                name: "maximum", operation: Pooling(kind: .maximum, kernel: 3, stride: 2, padding: 1),
                input: "block", inputChannels: 8, output: "maxima"),
            Step(
                name: "shortcut", operation: Addition(other: "maxima", activation: .relu), input: "pooled",
                inputChannels: 8, output: "sum"),
            Step(
                name: "last",
                operation: GlobalAveragePooling(
                    preActivation: PreActivation(gather: 6, normalize: true, activation: .relu)), input: "sum",
                inputChannels: 8, output: "features"),
            Step(
                name: "classifier", operation: Linear(outputs: 5), input: "features", inputChannels: 6,
                output: "logits", source: SourceCost(parameters: 35, paperFLOPs: 35)),
        ],
        input: "image", output: "logits")

    /// A layer that adds to what came before it, once by way of squeeze-excite.
    static let reactivated = Graph(
        values: [
            value("image", 3, 5), value("block", 8, 5), value("new", 4, 5), value("features", 8, 1),
            value("logits", 5, 1),
        ],
        steps: [
            Step(
                name: "stem", operation: Convolution(outputChannels: 4, kernel: 3, padding: 1), input: "image",
                inputChannels: 3, output: "block"),
            Step(
                name: "conv_2", operation: Convolution(outputChannels: 4, kernel: 3, padding: 1), input: "block",
                inputChannels: 4, output: "new"),
            Step(
                name: "se", operation: SqueezeExcite(hidden: 2), input: "new", inputChannels: 4, output: "block",
                outputOffset: 4),
            Step(
                name: "sfr",
                operation: Accumulation(
                    preActivation: PreActivation(gather: 4, normalize: true, activation: .hardSwish), outputChannels: 6,
                    groups: 2, accumulatedChannels: 4),
                input: "block", inputChannels: 8, output: "block"),
            Step(name: "last", operation: GlobalAveragePooling(), input: "block", inputChannels: 8, output: "features"),
            Step(
                name: "classifier", operation: Linear(outputs: 5, activation: .hardSwish), input: "features",
                inputChannels: 8, output: "logits"),
        ],
        input: "image", output: "logits")

    /// The first of these networks as bytes can compute it: without an addition.
    static let quantized: Graph = {
        var graph = Self.graph
        graph.steps.removeAll { $0.name == "shortcut" }
        graph.values.removeAll { $0.name == "sum" }
        graph.steps[graph.steps.count - 2].input = "pooled"
        return graph
    }()

    static let description = description(of: graph)

    /// A description of a graph with five classes.
    static func description(of graph: Graph, isQuantized: Bool = false) -> ModelDescription {
        ModelDescription(
            name: "Tiny", graph: graph, isQuantized: isQuantized,
            preprocessing: Preprocessing(
                resize: 9, crop: graph.value(named: graph.input)!.shape.height, mean: [0.5, 0.25, 0.125],
                std: [0.1, 0.2, 0.3]),
            labels: ["zero", "one", "two", "three", "four"],
            provenance: Provenance(
                source: "tiny.pth.tar", sourceSHA256: String(repeating: "0123456789abcdef", count: 4),
                converter: "condensenet-convert 0"),
            sample: SampleAnswers(seed: 7, tolerance: 1e-5, logits: [0.5, -1, 2, 0, 1e-30]))
    }

    /// Seeded tensors for the graph, weights in half precision where `halves` names their role.
    static func tensors(
        of graph: Graph = graph, isQuantized: Bool = false, halves: Set<TensorSpecification.Role> = []
    ) -> [TensorData] {
        var random = SplitMix64(seed: 1)
        return (isQuantized ? graph.quantizedTensors : graph.tensors).map { specification in
            let elements: TensorData.Elements
            if specification.elements == .bytes {
                let range: ClosedRange<Int8> =
                    switch specification.role {
                    case .weight: -127...127
                    case .lower: -128...0
                    case .upper: 0...127
                    default: -128 ... -128
                    }
                elements = .int8((0..<specification.count).map { _ in .random(in: range, using: &random) })
            } else if specification.elements == .positiveFloats {
                elements = .float32((0..<specification.count).map { _ in random.nextFloat() / 2 + 1 })
            } else if specification.role.isIndex {
                elements = .int32(
                    (0..<specification.count).map { _ in
                        Int32(Int.random(in: specification.channels, using: &random))
                    })
            } else {
                let floats = (0..<specification.count).map { _ in random.nextFloat() }
                elements = halves.contains(specification.role) ? .float16(floats.map(Half.narrow)) : .float32(floats)
            }
            return TensorData(name: specification.name, shape: specification.shape, elements: elements)
        }
    }

    static func bytes() throws -> [UInt8] { try ModelFile.bytes(description, tensors: tensors()) }

    /// A file of the network of bytes.
    static func quantizedBytes() throws -> [UInt8] {
        try ModelFile.bytes(
            description(of: quantized, isQuantized: true), tensors: tensors(of: quantized, isQuantized: true))
    }
}
