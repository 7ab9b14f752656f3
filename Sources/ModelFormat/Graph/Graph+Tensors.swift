/// A tensor that a graph's step needs.
public struct TensorSpecification: Equatable, Sendable {
    /// What a tensor is for.
    public enum Role: String, Sendable {
        /// What a convolution or linear layer multiplies by.
        case weight
        /// What is added to each output channel.
        case bias
        /// What the pre-activation multiplies each channel by.
        case scale
        /// What the pre-activation adds to each channel.
        case shift
        /// The channels that the pre-activation gathers.
        case index
        /// The channels that results are added to.
        case destinations
        /// What squeeze-excite multiplies the means by.
        case squeeze
        /// What squeeze-excite makes each plane's factor of.
        case excite

        /// Whether the tensor holds channel numbers.
        public var isIndex: Bool { self == .index || self == .destinations }
    }

    /// `STEP.ROLE`.
    public let name: String
    /// What the tensor is for.
    public let role: Role
    /// Outermost dimension first, C order.
    public let shape: [Int]
    /// The channels that a tensor of channel numbers may name; empty for others.
    public let channels: Range<Int>

    /// Elements of the tensor.
    public var count: Int { shape.reduce(1, *) }
}

extension Step {
    /// The tensors that the step reads, given the shape of its input value.
    ///
    /// - Precondition: the step has passed `Graph.validate`, or its numbers are known to be small and its groups positive.
    public func tensors(inputShape: PlaneShape) -> [TensorSpecification] {
        let operand = operand(of: inputShape)
        // A step that adds to the value that it reads gathers none of the channels that it adds to.
        let added = operation.accumulatedChannels ?? 0
        let gathered = (input == output ? min(added, inputChannels) : 0)..<inputChannels
        return (operation.preActivation.tensors(of: operand) + operation.tensors(of: operand)).map { tensor in
            TensorSpecification(
                name: "\(name).\(tensor.role.rawValue)", role: tensor.role, shape: tensor.shape,
                channels: tensor.role == .index ? gathered : tensor.role == .destinations ? 0..<added : 0..<0)
        }
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
