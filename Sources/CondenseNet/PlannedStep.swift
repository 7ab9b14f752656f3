import Engine
import ModelFormat

/// One step of a plan, as `inspect --plan` shows it: a step of the graph, or several that run as one.
public struct PlannedStep: Equatable, Sendable {
    /// The names of the graph's steps.
    public let names: [String]
    /// The kernel that runs them.
    public let kernel: String
    /// What each of the graph's steps sees, writes and computes.
    public let shapes: [StepShapes]
    /// Bytes of activations that are read and written, each once.
    public let activationBytes: Int
    /// Bytes of packed weights.
    public let packedBytes: Int
    /// Where the written channels start, in bytes from the arena's start.
    public let arenaOffset: Int

    /// The names, joined; where several share a prefix, it is given once.
    public var name: String {
        guard let first = names.first, names.count > 1 else { return names.first ?? "" }
        let stem = first.lastIndex(of: ".").map { first[...$0] } ?? ""
        return first
            + names.dropFirst().map { " + " + ($0.hasPrefix(stem) ? $0.dropFirst(stem.count) : $0[...]) }.joined()
    }

    /// Multiply-accumulates of convolutions and linear layers.
    public var multiplyAccumulates: Int { shapes.reduce(0) { $0 + $1.multiplyAccumulates } }
}

extension PlannedStep {
    /// What is to be seen of a unit of a plan.
    init(_ unit: PlanUnit, _ operation: any PlannedOperation, graph: Graph, layout: ArenaLayout) {
        let shapes = unit.steps.map(graph.shapes)
        let last = unit.steps.last!
        let output = layout[last.output]
        self.init(
            names: unit.steps.map(\.name), kernel: operation.kernel, shapes: shapes,
            activationBytes: output.elementBytes
                * (Self.elementsRead(unit.steps.first!, shapes.first!) + shapes.last!.output.count),
            packedBytes: operation.packedBytes,
            arenaOffset: output.offset + last.outputOffset * output.planeStride * output.elementBytes)
    }

    /// Elements that a step reads, each once, however many groups gather a plane.
    private static func elementsRead(_ step: Step, _ shapes: StepShapes) -> Int {
        Set(step.inputs).count * min(shapes.input.channels, step.inputChannels) * shapes.input.pixels
    }
}
