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
        /// The least byte that each channel has after the pre-activation.
        case lower
        /// The greatest byte that each channel has after the pre-activation.
        case upper
        /// The byte around each channel of a convolution's input.
        case pad
        /// What each output's integer sum is multiplied by.
        case multiplier
        /// What is added to each output's multiplied sum.
        case offset
        /// What one step of each output's bytes stands for.
        case outputScale
        /// The byte that stands for 0 in each output.
        case outputZero

        /// Whether the tensor holds channel numbers.
        public var isIndex: Bool { self == .index || self == .destinations }
    }

    /// What a tensor's elements are.
    public enum Elements: Sendable {
        /// Finite numbers, in single or half precision.
        case numbers
        /// Finite numbers in single precision.
        case floats
        /// Finite numbers over 0 in single precision.
        case positiveFloats
        /// Channel numbers.
        case indices
        /// Signed bytes.
        case bytes

        /// How they are stored.
        var types: [ElementType] {
            switch self {
            case .numbers: [.float32, .float16]
            case .floats, .positiveFloats: [.float32]
            case .indices: [.int32]
            case .bytes: [.int8]
            }
        }
    }

    /// `STEP.ROLE`.
    public let name: String
    /// What the tensor is for.
    public let role: Role
    /// Outermost dimension first, C order.
    public let shape: [Int]
    /// The channels that a tensor of channel numbers may name; empty for others.
    public let channels: Range<Int>
    /// What its elements are.
    public let elements: Elements

    /// Elements of the tensor.
    public var count: Int { shape.reduce(1, *) }
}

extension Step {
    /// The tensors that the step reads, given the shape of its input value.
    ///
    /// - Precondition: the step has passed `Graph.validate`, or its numbers are known to be small and its groups positive.
    public func tensors(inputShape: PlaneShape) -> [TensorSpecification] {
        let operand = operand(of: inputShape)
        return specifications(operation.preActivation.tensors(of: operand) + operation.tensors(of: operand)) {
            $0.isIndex ? .indices : .numbers
        }
    }

    /// What the tensors of the given roles and shapes hold.
    func specifications(
        _ tensors: [OperationTensor], elements: (TensorSpecification.Role) -> TensorSpecification.Elements
    ) -> [TensorSpecification] {
        // A step that adds to the value that it reads gathers none of the channels that it adds to.
        let added = operation.accumulatedChannels ?? 0
        let gathered = (input == output ? min(added, inputChannels) : 0)..<inputChannels
        return tensors.map { tensor in
            TensorSpecification(
                name: "\(name).\(tensor.role.rawValue)", role: tensor.role, shape: tensor.shape,
                channels: tensor.role == .index ? gathered : tensor.role == .destinations ? 0..<added : 0..<0,
                elements: elements(tensor.role))
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
