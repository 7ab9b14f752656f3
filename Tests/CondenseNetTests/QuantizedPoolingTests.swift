import ModelFormat
import Testing

@testable import CondenseNet

/// Pooling of bytes against its definition: bit for bit.
@Suite("Pooling of bytes") struct QuantizedPoolingTests {
    /// A window and the side of the planes that it moves over.
    struct Window: Sendable, CustomTestStringConvertible {
        var kind: Pooling.Kind
        var side: Int
        var kernel: Int
        var stride: Int
        var padding: Int
        var testDescription: String { "\(kind) of \(side)², \(kernel)×\(kernel) by \(stride), padding \(padding)" }
    }

    /// Windows of every stride that has a loop of its own, on planes around sixteen outputs a row.
    private static let windows: [Window] = {
        var windows: [Window] = []
        for side in [7, 8, 15, 16, 17, 32, 33, 34, 35, 67] {
            for (kernel, stride) in [(2, 2), (3, 2), (3, 1), (5, 3), (2, 1)] {
                windows.append(Window(kind: .average, side: side, kernel: kernel, stride: stride, padding: 0))
                for padding in [0, kernel / 2] {
                    windows.append(Window(kind: .maximum, side: side, kernel: kernel, stride: stride, padding: padding))
                }
            }
        }
        return windows
    }()

    @Test("windows and whole planes", arguments: windows) func windowsAndPlanes(window: Window) throws {
        let channels = 5
        let side = (window.side + 2 * window.padding - window.kernel) / window.stride + 1
        let gathering = PreActivation(gather: channels, normalize: true, activation: .relu)
        let pooling = Pooling(
            kind: window.kind, preActivation: window.kind == .average ? gathering : PreActivation(),
            kernel: window.kernel, stride: window.stride, padding: window.padding)
        func value(_ name: String, _ channels: Int, _ side: Int) -> Value {
            Value(name, PlaneShape(channels: channels, height: side, width: side))
        }
        let graph = Graph(
            values: [
                value("image", 3, window.side), value("wide", channels, window.side), value("tested", channels, side),
                value("mean", channels, 1), value("logits", 9, 1),
            ],
            steps: [
                Step(
                    name: "widening", operation: Convolution(outputChannels: channels, kernel: 1), input: "image",
                    inputChannels: 3, output: "wide"),
                Step(name: "pooling", operation: pooling, input: "wide", inputChannels: channels, output: "tested"),
                Step(
                    name: "plane", operation: GlobalAveragePooling(preActivation: gathering), input: "tested",
                    inputChannels: channels, output: "mean"),
                Step(
                    name: "classifier", operation: Linear(outputs: 9), input: "mean", inputChannels: channels,
                    output: "logits"),
            ], input: "image", output: "logits")
        let model = try TestNetwork.model(graph, precision: .int8)
        let input = try TestNetwork.input(graph)
        func run(_ options: ExecutionPlan.Options) throws -> [[Float]] {
            var options = options
            options.retainsValues = true
            let session = try Session(plan: ExecutionPlan(model, options: options))
            let logits = try session.logits(input)
            return [try session.value("tested"), try session.value("mean"), logits]
        }
        let expected = try run(.init(referenceKernels: true))
        #expect(Set(expected[0]).count > 2)
        for instructionSet in KernelSets.usable(in: .int8) {
            #expect(try run(.init(instructionSet: instructionSet)) == expected, "\(instructionSet)")
        }
    }
}
