/// A tensor that a graph's step needs.
public struct TensorSpecification: Equatable, Sendable {
    /// What a tensor is for.
    public enum Role: String, Sendable {
        /// What a convolution or linear layer multiplies by.
        case weight
        /// What is added to each output channel.
        case bias
        /// What the input stage multiplies each channel by.
        case scale
        /// What the input stage adds to each channel.
        case shift
        /// The channels that the input stage gathers.
        case index
    }

    /// `STEP.ROLE`.
    public let name: String
    /// What the tensor is for.
    public let role: Role
    /// Outermost dimension first, C order.
    public let shape: [Int]
    /// For role `index`: every element lies in `0..<indexBound`.
    public let indexBound: Int

    /// Elements of the tensor.
    public var count: Int { shape.reduce(1, *) }
}

extension Step {
    /// The tensors that the step reads, given the shape of its input value.
    ///
    /// - `weight`: `[outputs, inputs/groups, kernel, kernel]` of a convolution, `[outputs, inputs]` of a linear layer
    /// - `bias`: `[outputs]`
    /// - `index`: `[gathered]`, channels of the input value
    /// - `scale`, `shift`: `[gathered or visible channels]`
    /// - Precondition: the step has passed `Graph.validate`, or its numbers are known to be small and its groups positive.
    public func tensors(inputShape: PlaneShape) -> [TensorSpecification] {
        switch operation {
        case .convolution(let convolution):
            let channels = convolution.inputStage.channels(of: inputChannels)
            let outputs = convolution.outputChannels
            let weight = [outputs, channels / convolution.groups, convolution.kernel, convolution.kernel]
            return tensors(of: convolution.inputStage) + [specification(.weight, weight)]
                + (convolution.bias ? [specification(.bias, [outputs])] : [])
        case .globalAveragePooling(let stage):
            return tensors(of: stage)
        case .linear(let linear):
            return [
                specification(.weight, [linear.outputs, inputChannels * inputShape.pixels]),
                specification(.bias, [linear.outputs]),
            ]
        case .pooling, .addition:
            return []
        }
    }

    private func tensors(of stage: InputStage) -> [TensorSpecification] {
        let channels = stage.channels(of: inputChannels)
        return (stage.gather == nil ? [] : [specification(.index, [channels])])
            + (stage.normalize ? [specification(.scale, [channels]), specification(.shift, [channels])] : [])
    }

    private func specification(_ role: TensorSpecification.Role, _ shape: [Int]) -> TensorSpecification {
        TensorSpecification(
            name: "\(name).\(role.rawValue)", role: role, shape: shape, indexBound: role == .index ? inputChannels : 0)
    }
}

extension Graph {
    /// All tensors that the graph's steps read, in step order.
    ///
    /// - Precondition: the graph has passed `validate`.
    public var tensors: [TensorSpecification] {
        steps.flatMap { step in step.tensors(inputShape: value(named: step.input)!.shape) }
    }
}
