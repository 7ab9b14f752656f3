import CondenseNet
import Foundations
import ModelFormat
import Testing

/// A graph that test output calls by name.
struct NamedGraph: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let graph: Graph

    init(_ name: String, _ graph: Graph) {
        testDescription = name
        self.graph = graph
    }
}

/// Small networks made of the steps that real ones have.
enum TestNetwork {
    /// A condensed CondenseNet; `growth` gives each block's growth rate, `layers` its layers.
    static func condenseNet(
        size: Int = 13, layers: [Int] = [2, 2], growth: [Int] = [8, 12], groups: Int = 4, spatialGroups: Int = 4,
        classes: Int = 10
    ) -> Graph {
        var values = [Value("image", PlaneShape(channels: 3, height: size, width: size))]
        var steps: [Step] = []
        var side = size
        var channels = 2 * growth[0]
        var input = "image"
        for block in layers.indices {
            let name = "block\(block)"
            let final = channels + layers[block] * growth[block]
            values.append(Value(name, PlaneShape(channels: final, height: side, width: side)))
            let entry: any ModelFormat.Operation =
                block == 0
                ? Convolution(outputChannels: channels, kernel: 3, padding: 1)
                : Pooling(kind: .average, kernel: 2, stride: 2)
            steps.append(
                Step(
                    name: "\(name).entry", operation: entry, input: input, inputChannels: block == 0 ? 3 : channels,
                    output: name))
            for layer in 0..<layers[block] {
                let middle = "\(name).middle\(layer)"
                let outputs = 4 * growth[block]
                values.append(Value(middle, PlaneShape(channels: outputs, height: side, width: side)))
                let gathered = (channels / 4 + 1) * groups
                steps.append(
                    Step(
                        name: "\(name).pointwise\(layer)",
                        operation: Convolution(
                            preActivation: PreActivation(gather: gathered, normalize: true, activation: .relu),
                            outputChannels: outputs,
                            kernel: 1, groups: groups, bias: true, activation: .relu, shuffle: true),
                        input: name, inputChannels: channels, output: middle))
                steps.append(
                    Step(
                        name: "\(name).spatial\(layer)",
                        operation: Convolution(
                            outputChannels: growth[block], kernel: 3, padding: 1, groups: spatialGroups),
                        input: middle, inputChannels: outputs, output: name, outputOffset: channels))
                channels += growth[block]
            }
            input = name
            side /= 2
        }
        values.append(Value("pooled", PlaneShape(channels: channels / 2, height: 1, width: 1)))
        values.append(Value("logits", PlaneShape(channels: classes, height: 1, width: 1)))
        steps.append(
            Step(
                name: "pool",
                operation: GlobalAveragePooling(
                    preActivation: PreActivation(gather: channels / 2, normalize: true, activation: .relu)),
                input: input,
                inputChannels: channels, output: "pooled"))
        steps.append(
            Step(
                name: "classifier", operation: Linear(outputs: classes), input: "pooled",
                inputChannels: channels / 2, output: "logits"))
        return Graph(values: values, steps: steps, input: "image", output: "logits")
    }

    /// Every other operation and option: strides, maximum pooling, depthwise and wide kernels, addition, a linear layer
    /// over planes.
    static func assorted(size: Int = 19) -> Graph {
        func shape(_ channels: Int, _ side: Int) -> PlaneShape {
            PlaneShape(channels: channels, height: side, width: side)
        }
        let half = (size + 1) / 2
        let quarter = (half - 1) / 2 + 1
        return Graph(
            values: [
                Value("image", shape(3, size)), Value("stem", shape(8, half)), Value("pooled", shape(8, quarter)),
                Value("depthwise", shape(8, quarter)), Value("wide", shape(8, quarter)),
                Value("sum", shape(8, quarter)),
                Value("hidden", shape(17, 1)), Value("logits", shape(5, 1)),
            ],
            steps: [
                Step(
                    name: "stem",
                    operation: Convolution(
                        outputChannels: 8, kernel: 7, stride: 2, padding: 3, bias: true, activation: .relu),
                    input: "image", inputChannels: 3, output: "stem"),
                Step(
                    name: "max", operation: Pooling(kind: .maximum, kernel: 3, stride: 2, padding: 1),
                    input: "stem", inputChannels: 8, output: "pooled"),
                Step(
                    name: "depthwise",
                    operation: Convolution(
                        outputChannels: 8, kernel: 3, padding: 1, groups: 8, bias: true, activation: .relu),
                    input: "pooled", inputChannels: 8, output: "depthwise"),
                Step(
                    name: "wide",
                    operation: Convolution(outputChannels: 8, kernel: 1, bias: true),
                    input: "depthwise", inputChannels: 8, output: "wide"),
                Step(
                    name: "sum", operation: Addition(other: "pooled", activation: .relu), input: "wide",
                    inputChannels: 8, output: "sum"),
                Step(
                    name: "hidden", operation: Linear(outputs: 17, activation: .relu), input: "sum", inputChannels: 8,
                    output: "hidden"),
                Step(
                    name: "logits", operation: Linear(outputs: 5), input: "hidden", inputChannels: 17,
                    output: "logits"),
            ], input: "image", output: "logits")
    }

    /// Convolutions with many weights in a group, as networks without learned groups have them, and strides.
    static func wide(size: Int) -> Graph {
        func shape(_ channels: Int, _ side: Int) -> PlaneShape {
            PlaneShape(channels: channels, height: side, width: side)
        }
        func step(
            _ name: String, _ convolution: Convolution, _ input: String, _ channels: Int
        ) -> Step {
            Step(
                name: name, operation: convolution, input: input, inputChannels: channels, output: name)
        }
        let half = (size - 1) / 2 + 1
        return Graph(
            values: [
                Value("image", shape(3, size)), Value("stem", shape(90, size)), Value("spatial", shape(98, size)),
                Value("strided", shape(190, half)), Value("shortcut", shape(190, half)),
                Value("sum", shape(190, half)), Value("pointwise", shape(350, half)),
                Value("depthwise", shape(350, (half - 1) / 2 + 1)), Value("pooled", shape(350, 1)),
                Value("logits", shape(6, 1)),
            ],
            steps: [
                step("stem", Convolution(outputChannels: 90, kernel: 3, padding: 1, activation: .relu), "image", 3),
                step(
                    "spatial", Convolution(outputChannels: 98, kernel: 3, padding: 1, bias: true, activation: .relu),
                    "stem",
                    90),
                step(
                    "strided", Convolution(outputChannels: 190, kernel: 3, stride: 2, padding: 1, bias: true),
                    "spatial",
                    98),
                step("shortcut", Convolution(outputChannels: 190, kernel: 1, stride: 2), "spatial", 98),
                Step(
                    name: "sum", operation: Addition(other: "shortcut", activation: .relu), input: "strided",
                    inputChannels: 190, output: "sum"),
                step(
                    "pointwise", Convolution(outputChannels: 350, kernel: 1, bias: true, activation: .relu), "sum", 190),
                step(
                    "depthwise", Convolution(outputChannels: 350, kernel: 3, stride: 2, padding: 1, groups: 350),
                    "pointwise", 350),
                Step(
                    name: "pool", operation: GlobalAveragePooling(), input: "depthwise",
                    inputChannels: 350,
                    output: "pooled"),
                Step(
                    name: "logits", operation: Linear(outputs: 6), input: "pooled", inputChannels: 350,
                    output: "logits"),
            ], input: "image", output: "logits")
    }

    /// Convolutions of every kind with gathered, normalised and activated inputs, and shuffled outputs.
    static func preActivated(size: Int, activation: Activation) -> Graph {
        func shape(_ channels: Int, _ side: Int) -> PlaneShape {
            PlaneShape(channels: channels, height: side, width: side)
        }
        func step(_ name: String, _ convolution: Convolution, _ input: String, _ channels: Int) -> Step {
            Step(name: name, operation: convolution, input: input, inputChannels: channels, output: name)
        }
        let normalized = PreActivation(normalize: true, activation: activation)
        let gathered = PreActivation(gather: 12, normalize: true, activation: activation)
        let half = (size - 1) / 2 + 1
        return Graph(
            values: [
                Value("image", shape(3, size)), Value("stem", shape(8, size)), Value("five", shape(12, size)),
                Value("three", shape(8, size)), Value("strided", shape(20, half)), Value("apart", shape(20, half)),
                Value("pointwise", shape(9, half)), Value("pooled", shape(9, 1)), Value("logits", shape(4, 1)),
            ],
            steps: [
                step("stem", Convolution(outputChannels: 8, kernel: 3, padding: 1, activation: activation), "image", 3),
                step(
                    "five",
                    Convolution(
                        preActivation: normalized, outputChannels: 12, kernel: 5, padding: 2, groups: 2, bias: true,
                        shuffle: true), "stem", 8),
                step(
                    "three",
                    Convolution(preActivation: gathered, outputChannels: 8, kernel: 3, padding: 1, groups: 4),
                    "five", 12),
                step(
                    "strided",
                    Convolution(
                        preActivation: gathered, outputChannels: 20, kernel: 1, stride: 2, groups: 2, bias: true,
                        activation: activation, shuffle: true), "three", 8),
                step(
                    "apart",
                    Convolution(preActivation: normalized, outputChannels: 20, kernel: 3, padding: 1, groups: 20),
                    "strided", 20),
                step(
                    "pointwise",
                    Convolution(preActivation: gathered, outputChannels: 9, kernel: 1, groups: 3, bias: true), "apart",
                    20),
                Step(
                    name: "pool", operation: GlobalAveragePooling(preActivation: normalized), input: "pointwise",
                    inputChannels: 9, output: "pooled"),
                Step(
                    name: "logits", operation: Linear(outputs: 4), input: "pooled", inputChannels: 9,
                    output: "logits"),
            ], input: "image", output: "logits")
    }

    /// A dense block of two layers that add to what came before them, the second by way of squeeze-excite.
    static func reactivated(size: Int, growth: Int, groups: Int, activation: Activation) -> Graph {
        func shape(_ channels: Int, _ side: Int) -> PlaneShape {
            PlaneShape(channels: channels, height: side, width: side)
        }
        let stem = 2 * growth
        func accumulation(_ name: String, _ channels: Int) -> Step {
            Step(
                name: name,
                operation: Accumulation(
                    preActivation: PreActivation(gather: growth, normalize: true, activation: activation),
                    outputChannels: channels, groups: groups, accumulatedChannels: channels), input: "block",
                inputChannels: channels + growth, output: "block")
        }
        return Graph(
            values: [
                Value("image", shape(3, size)), Value("block", shape(stem + 2 * growth, size)),
                Value("new", shape(growth, size)), Value("pooled", shape(stem + 2 * growth, 1)),
                Value("scaled", shape(stem + 2 * growth, 1)), Value("logits", shape(6, 1)),
            ],
            steps: [
                Step(
                    name: "stem", operation: Convolution(outputChannels: stem, kernel: 3, padding: 1), input: "image",
                    inputChannels: 3, output: "block"),
                Step(
                    name: "first", operation: Convolution(outputChannels: growth, kernel: 3, padding: 1),
                    input: "block", inputChannels: stem, output: "block", outputOffset: stem),
                accumulation("first.sfr", stem),
                Step(
                    name: "second", operation: Convolution(outputChannels: growth, kernel: 3, padding: 1),
                    input: "block", inputChannels: stem + growth, output: "new"),
                Step(
                    name: "second.se", operation: SqueezeExcite(hidden: growth / 2), input: "new",
                    inputChannels: growth, output: "block", outputOffset: stem + growth),
                accumulation("second.sfr", stem + growth),
                Step(
                    name: "pool", operation: GlobalAveragePooling(), input: "block", inputChannels: stem + 2 * growth,
                    output: "pooled"),
                Step(
                    name: "se", operation: SqueezeExcite(hidden: 3), input: "pooled",
                    inputChannels: stem + 2 * growth, output: "scaled"),
                Step(
                    name: "logits", operation: Linear(outputs: 6), input: "scaled", inputChannels: stem + 2 * growth,
                    output: "logits"),
            ], input: "image", output: "logits")
    }

    /// Networks whose sizes fall on and beside vector and tile boundaries.
    static let all: [NamedGraph] = [
        NamedGraph("13², two blocks", condenseNet()),
        NamedGraph("32², three blocks", condenseNet(size: 32, layers: [1, 2, 1], growth: [8, 16, 32])),
        NamedGraph("9², 8 groups", condenseNet(size: 9, layers: [1, 1], growth: [8, 8], groups: 8, spatialGroups: 8)),
        NamedGraph("7², 2 and 1 groups", condenseNet(size: 7, layers: [3], growth: [4], groups: 2, spatialGroups: 1)),
        NamedGraph("assorted, 19²", assorted()),
        NamedGraph("assorted, 8²", assorted(size: 8)),
        NamedGraph("wide groups, 7²", wide(size: 7)),
        NamedGraph("wide groups, 18²", wide(size: 18)),
        NamedGraph("pre-activated, 17²", preActivated(size: 17, activation: .relu)),
        NamedGraph("pre-activated by hard swish, 18²", preActivated(size: 18, activation: .hardSwish)),
        NamedGraph("reactivated, 7²", reactivated(size: 7, growth: 16, groups: 8, activation: .hardSwish)),
        NamedGraph("reactivated, 15²", reactivated(size: 15, growth: 6, groups: 6, activation: .relu)),
    ]

    /// The graph with random weights.
    static func model(_ graph: Graph, seed: UInt64 = 7, precision: Precision = .f32) throws -> Model {
        try Model(
            architecture: ModelDescription(
                name: "test", graph: graph,
                preprocessing: Preprocessing(resize: nil, crop: nil, mean: [0, 0, 0], std: [1, 1, 1])), seed: seed,
            precision: precision)
    }

    /// A seeded input for `graph`.
    static func input(_ graph: Graph, seed: UInt64 = 3) throws -> StoredArray<Float> {
        try SampleAnswers.input(graph.value(named: graph.input)!.shape, seed: seed)
    }
}
