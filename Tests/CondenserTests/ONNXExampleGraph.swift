import CondenseNet
import ModelFormat

/// A small network that uses every operation of the graph, and every way in which steps share values.
enum ONNXExampleGraph {
    static let description = ModelDescription(
        name: "every operation", graph: graph,
        preprocessing: Preprocessing(resize: 9, crop: 8, mean: [0.5, 0.25, 0.125], std: [1, 2, 4]),
        labels: ["a", "b", "c", "d", "e"])

    static func tensors(seed: UInt64) -> RandomTensors { RandomTensors(graph, seed: seed) }

    private static let graph = Graph(
        values: [
            value("image", 3, 8), value("block", 15, 8), value("bottleneck", 4, 8), value("pooled", 15, 4),
            value("branch", 15, 4), value("sum", 15, 4), value("wide", 6, 4), value("tail", 21, 2),
            value("features", 10, 1), value("scaled", 10, 1), value("hidden", 70, 1), value("logits", 5, 1),
        ],
        steps: [
            Step(
                name: "stem",
                operation: Convolution(outputChannels: 6, kernel: 3, padding: 1, bias: true, activation: .relu),
                input: "image", inputChannels: 3, output: "block"),
            Step(
                name: "layer_1.conv_1",
                operation: Convolution(
                    preActivation: PreActivation(gather: 8, normalize: true, activation: .relu), outputChannels: 4,
                    kernel: 1, groups: 2,
                    bias: true, activation: .relu, shuffle: true),
                input: "block", inputChannels: 6, output: "bottleneck"),
            Step(
                name: "layer_1.conv_2",
                operation: Convolution(outputChannels: 4, kernel: 3, padding: 1, groups: 2),
                input: "bottleneck", inputChannels: 4, output: "block", outputOffset: 6),
            // Sees the first writer's channels and half of the second's.
            Step(
                name: "layer_2",
                operation: Convolution(
                    preActivation: PreActivation(normalize: true, activation: .hardSwish), outputChannels: 5, kernel: 1,
                    activation: .hardSwish),
                input: "block", inputChannels: 8, output: "block", outputOffset: 10),
            // Adds to channels of the first two writers, reading half of the second's and the third's.
            Step(
                name: "reactivation",
                operation: Accumulation(
                    preActivation: PreActivation(gather: 6, normalize: true, activation: .hardSwish),
                    outputChannels: 12,
                    groups: 3, accumulatedChannels: 8),
                input: "block", inputChannels: 15, output: "block"),
            Step(
                name: "pool_1", operation: Pooling(kind: .maximum, kernel: 3, stride: 2, padding: 1),
                input: "block", inputChannels: 15, output: "pooled"),
            Step(
                name: "branch",
                operation: Convolution(outputChannels: 15, kernel: 3, padding: 1, groups: 3, shuffle: true),
                input: "pooled", inputChannels: 15, output: "branch"),
            Step(
                name: "sum", operation: Addition(other: "pooled", activation: .relu), input: "branch",
                inputChannels: 15, output: "sum"),
            Step(
                name: "pool_2",
                operation: Pooling(
                    kind: .average, preActivation: PreActivation(gather: 15, normalize: true, activation: .hardSwish),
                    kernel: 2, stride: 2),
                input: "sum", inputChannels: 15, output: "tail"),
            // A window that reaches beyond its activated input, then one that is no power of two and overlaps.
            Step(
                name: "wide",
                operation: Convolution(
                    preActivation: PreActivation(gather: 10, normalize: true, activation: .relu), outputChannels: 6,
                    kernel: 3, padding: 1,
                    groups: 2, bias: true, shuffle: true),
                input: "sum", inputChannels: 15, output: "wide"),
            Step(
                name: "pool_3", operation: Pooling(kind: .average, kernel: 3, stride: 1), input: "wide",
                inputChannels: 6, output: "tail", outputOffset: 15),
            Step(
                name: "pool_last",
                operation: GlobalAveragePooling(
                    preActivation: PreActivation(gather: 7, normalize: true, activation: .relu)),
                input: "tail", inputChannels: 21, output: "features"),
            // Writes numbers without planes beside a step that writes planes.
            Step(
                name: "linear_1", operation: Linear(outputs: 3, activation: .hardSwish), input: "tail",
                inputChannels: 13, output: "features", outputOffset: 7),
            Step(
                name: "scaled", operation: SqueezeExcite(hidden: 4), input: "features", inputChannels: 10,
                output: "scaled"),
            Step(
                name: "linear_2", operation: Linear(outputs: 70, activation: .relu), input: "scaled",
                inputChannels: 10, output: "hidden"),
            Step(
                name: "classifier", operation: Linear(outputs: 5), input: "hidden", inputChannels: 70,
                output: "logits"),
        ],
        input: "image", output: "logits")

    private static func value(_ name: String, _ channels: Int, _ side: Int) -> Value {
        Value(name, PlaneShape(channels: channels, height: side, width: side))
    }
}
