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
        var input = value(named: step.input)!.shape
        var output = value(named: step.output)!.shape
        input.channels = step.inputChannels
        output.channels = step.inputChannels
        var multiplyAccumulates = 0
        switch step.operation {
        case .convolution(let convolution):
            input.channels = convolution.inputStage.channels(of: step.inputChannels)
            output.channels = convolution.outputChannels
            multiplyAccumulates =
                output.count * (input.channels / convolution.groups) * convolution.kernel * convolution.kernel
        case .globalAveragePooling(let stage):
            input.channels = stage.channels(of: step.inputChannels)
            output.channels = input.channels
        case .linear(let linear):
            output.channels = linear.outputs
            multiplyAccumulates = linear.outputs * input.count
        case .pooling, .addition: break
        }
        return StepShapes(input: input, output: output, multiplyAccumulates: multiplyAccumulates)
    }
}
