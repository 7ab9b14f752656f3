import Foundations

/// The elementwise sum of the step's input and the same channels of another value.
public struct Addition: Operation {
    /// The other value's name.
    public var other: String
    /// What is applied to the sum.
    public var activation: Activation

    /// By default without an activation.
    public init(other: String, activation: Activation = .none) {
        self.other = other
        self.activation = activation
    }
}

extension Addition {
    /// The word in the file.
    public static let words = ["addition"]
    /// The members of the step that are the operation's own.
    public var members: [JSONValue.Member] { [.init("other", .string(other))] + activation.members }

    /// Reads the members of the step that are the operation's own.
    public init(word: String, reading members: inout JSONMembers, version: FormatVersion) throws {
        self.init(
            other: try members.identifier("other"), activation: try Activation(reading: &members, version: version))
    }

    /// The other summand.
    public var otherInputs: [String] { [other] }

    /// Two values of one size.
    public func check(_ operand: PlaneShape, _ rules: StepRules) throws {
        let other = try rules.readable(other)
        guard other.height == operand.height, other.width == operand.width else {
            throw rules.failure("two values of one size", "\(operand) and \(other)")
        }
    }

    /// The operand's own shape, `[C, H, W]`.
    public func outputShape(of operand: PlaneShape) -> PlaneShape { operand }

    /// The sums.
    public func cost(of operand: PlaneShape) -> OperationCost { OperationCost(elements: [operand.count]) }
}
