import Foundations
import ModelFormat
import TestSupport
import Testing

@testable import CondenseNet

/// Each kernel for bytes against its definition, at the edges of its tiles: bit for bit.
@Suite("Kernels for bytes") struct QuantizedConvolutionTests {
    /// A shape of convolution.
    struct Shape: Sendable, CustomTestStringConvertible {
        var side: Int
        var groups: Int
        var inputs: Int
        var outputs: Int
        var kernel = 1
        var stride = 1
        var padding = 0
        var isShuffled = false
        var testDescription: String {
            "\(side)², \(groups)·(\(inputs) to \(outputs)), \(kernel)×\(kernel) by \(stride)"
                + ", padding \(padding)\(isShuffled ? ", shuffled" : "")"
        }
    }

    /// Planes, groups' inputs and groups' outputs of sizes that leave every kind of rest.
    private static let pointwise: [Shape] = {
        var shapes: [Shape] = []
        for side in [1, 2, 4, 5, 6, 7, 8, 9, 11, 14, 16, 23] {
            for (inputs, outputs) in [(1, 1), (3, 2), (4, 3), (5, 4), (7, 6), (8, 9), (13, 17)] {
                shapes.append(Shape(side: side, groups: 2, inputs: inputs, outputs: outputs))
            }
        }
        return shapes
    }()

    private static let windows: [Shape] = {
        var shapes: [Shape] = []
        for (kernel, stride, padding) in [
            (3, 1, 1), (3, 1, 0), (5, 1, 2), (5, 1, 1), (2, 1, 1), (3, 2, 1), (7, 2, 3), (3, 3, 2), (1, 2, 0),
            (4, 4, 0),
        ] {
            for side in [7, 8, 18] {
                for (groups, inputs, outputs) in [(1, 3, 5), (2, 4, 1), (3, 5, 2), (2, 8, 4)] {
                    shapes.append(
                        Shape(
                            side: side, groups: groups, inputs: inputs, outputs: outputs, kernel: kernel,
                            stride: stride, padding: padding))
                }
            }
        }
        return shapes
    }()

    /// Panels of more than one band, groups that several threads divide, and shuffles.
    private static let large: [Shape] = [
        Shape(side: 4, groups: 2, inputs: 3, outputs: 6, kernel: 3, padding: 1, isShuffled: true),
        Shape(side: 35, groups: 2, inputs: 8, outputs: 4, kernel: 7, stride: 2, padding: 3),
        Shape(side: 40, groups: 4, inputs: 24, outputs: 8, isShuffled: true),
        Shape(side: 7, groups: 4, inputs: 124, outputs: 32, isShuffled: true),
        Shape(side: 29, groups: 8, inputs: 6, outputs: 4, kernel: 3, padding: 1, isShuffled: true),
        Shape(side: 57, groups: 1, inputs: 33, outputs: 18, kernel: 3, padding: 1),
        Shape(side: 33, groups: 2, inputs: 40, outputs: 20, kernel: 3, stride: 2, padding: 1),
    ]

    /// The convolution between one that makes its inputs and a network's end.
    private static func graph(_ shape: Shape) -> Graph {
        let inputs = shape.groups * shape.inputs
        let outputs = shape.groups * shape.outputs
        let side = (shape.side + 2 * shape.padding - shape.kernel) / shape.stride + 1
        func value(_ name: String, _ channels: Int, _ side: Int) -> Value {
            Value(name, PlaneShape(channels: channels, height: side, width: side))
        }
        let convolution = Convolution(
            preActivation: PreActivation(gather: inputs, normalize: true, activation: .relu), outputChannels: outputs,
            kernel: shape.kernel, stride: shape.stride, padding: shape.padding, groups: shape.groups,
            shuffle: shape.isShuffled)
        return Graph(
            values: [
                value("image", 3, shape.side), value("wide", inputs + 3, shape.side), value("tested", outputs, side),
                value("pooled", outputs, 1), value("logits", 70, 1),
            ],
            steps: [
                Step(
                    name: "widening", operation: Convolution(outputChannels: inputs + 3, kernel: 1), input: "image",
                    inputChannels: 3, output: "wide"),
                Step(
                    name: "convolution", operation: convolution, input: "wide", inputChannels: inputs + 3,
                    output: "tested"),
                Step(
                    name: "pool", operation: GlobalAveragePooling(), input: "tested", inputChannels: outputs,
                    output: "pooled"),
                Step(
                    name: "classifier", operation: Linear(outputs: 70), input: "pooled", inputChannels: outputs,
                    output: "logits"),
            ], input: "image", output: "logits")
    }

    private func compare(_ shape: Shape) throws {
        let graph = Self.graph(shape)
        let model = try TestNetwork.model(graph, precision: .int8)
        let input = try TestNetwork.input(graph)
        func run(_ options: ExecutionPlan.Options, threads: Int = 1) throws -> ([Float], [Float]) {
            var options = options
            options.retainsValues = true
            let session = try Session(plan: ExecutionPlan(model, options: options), threads: threads)
            let logits = try session.logits(input)
            return (try session.value("tested"), logits)
        }
        let expected = try run(.init(referenceKernels: true))
        #expect(Set(expected.1).count > 2)
        for instructionSet in KernelSets.usable(in: .int8) {
            for threads in 1...2 {
                let found = try run(.init(instructionSet: instructionSet), threads: threads)
                #expect(found == expected, "\(instructionSet), \(threads) threads")
            }
        }
    }

    @Test("1×1 convolutions", arguments: pointwise) func pointwiseConvolutions(shape: Shape) throws {
        try compare(shape)
    }

    @Test("convolutions with windows", arguments: windows) func convolutionsWithWindows(shape: Shape) throws {
        try compare(shape)
    }

    @Test("convolutions of several bands", arguments: large) func convolutionsOfSeveralBands(shape: Shape) throws {
        try compare(shape)
    }
}
