import ModelFormat
import Testing

@testable import CondenseNet

/// The last pooling of the original networks: a window that leaves rows and columns out, over gathered, normalised and
/// activated planes.
@Suite struct PooledWindowTests {
    private static func graph(_ pooling: Pooling, channels: Int, side: Int) -> Graph {
        let pooled = PlaneShape(channels: channels, height: 1, width: 1)
        return Graph(
            values: [
                Value("image", PlaneShape(channels: 3, height: side, width: side)), Value("pooled", pooled),
                Value("logits", pooled),
            ],
            steps: [
                Step(name: "last", operation: pooling, input: "image", inputChannels: 3, output: "pooled"),
                Step(
                    name: "same", operation: Pooling(kind: .maximum, kernel: 1, stride: 1), input: "pooled",
                    inputChannels: channels, output: "logits"),
            ], input: "image", output: "logits")
    }

    @Test(arguments: Activation.allCases)
    func upperLeftWindow(activation: Activation) throws {
        let (channels, side, window) = (5, 8, 7)
        let pooling = Pooling(
            kind: .average, preActivation: PreActivation(gather: channels, normalize: true, activation: activation),
            kernel: window, stride: window)
        let graph = Self.graph(pooling, channels: channels, side: side)
        let model = try TestNetwork.model(graph)
        let input = try TestNetwork.input(graph)
        let planes = try model.tensors.indices("last.index")
        let (scale, shift) = (try model.tensors.floats("last.scale"), try model.tensors.floats("last.shift"))
        let expected = (0..<channels).map { channel -> Double in
            var sum = 0.0
            for row in 0..<window {
                for column in 0..<window {
                    let place = (Int(planes[channel]) * side + row) * side + column
                    let x = Double(input[place]) * Double(scale[channel]) + Double(shift[channel])
                    switch activation {
                    case .none: sum += x
                    case .relu: sum += max(x, 0)
                    case .hardSwish: sum += x * min(max(x + 3, 0), 6) / 6
                    }
                }
            }
            return sum / Double(window * window)
        }
        for reference in [false, true] {
            let plan = try ExecutionPlan(model, options: .init(referenceKernels: reference))
            let actual = try Session(plan: plan, threads: 2).logits(input)
            let largest = expected.map(\.magnitude).max()!
            #expect(largest > 0)
            for (a, b) in zip(actual, expected) { #expect((Double(a) - b).magnitude <= 1e-6 * largest, "\(a), \(b)") }
        }
    }
}
