/// What a step sees, writes and computes.
public struct StepShapes: Equatable, Sendable {
    /// The shape that the operation sees, after any gather.
    public let input: PlaneShape
    /// The shape that it writes.
    public let output: PlaneShape
    /// Multiply-accumulates of convolutions and linear layers; 0 for all else.
    public let multiplyAccumulates: Int
}

extension Graph {
    /// What `step` sees, writes and computes.
    ///
    /// - Precondition: the graph has passed `validate`, and `step` is one of its steps.
    public func shapes(of step: Step) -> StepShapes {
        let operand = step.operand(of: value(named: step.input)!.shape)
        return StepShapes(
            input: operand, output: step.operation.outputShape(of: operand),
            multiplyAccumulates: step.operation.cost(of: operand).multiplyAccumulates)
    }
}

extension Step {
    /// What the operation computes with, given the shape of the step's input value.
    func operand(of input: PlaneShape) -> PlaneShape {
        PlaneShape(
            channels: operation.preActivation.channels(of: inputChannels), height: input.height, width: input.width)
    }
}
