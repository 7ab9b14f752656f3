import Foundations

/// A fully connected layer over all elements of the visible channels, in `[C, H, W]` order, with a bias.
public struct Linear: Operation {
    /// Elements that are written, `[outputs, 1, 1]`.
    public var outputs: Int
    /// What is applied to the outputs.
    public var activation: Activation

    /// By default without an activation.
    public init(outputs: Int, activation: Activation = .none) {
        self.outputs = outputs
        self.activation = activation
    }
}

extension Linear {
    /// The word in the file.
    public static let words = ["linear"]
    /// The members of the step that are the operation's own.
    public var members: [JSONValue.Member] { [.init("outputs", .integer(outputs))] + activation.members }

    /// Reads the members of the step that are the operation's own.
    public init(word: String, reading members: inout JSONMembers, version: FormatVersion) throws {
        self.init(
            outputs: try members.integer("outputs"), activation: try Activation(reading: &members, version: version))
    }

    /// Outputs within their limit.
    public func check(_ operand: PlaneShape, _ rules: StepRules) throws {
        try rules.range("outputs", outputs, 1...FormatLimits.channels)
    }

    /// `[outputs, 1, 1]`.
    public func outputShape(of operand: PlaneShape) -> PlaneShape {
        PlaneShape(channels: outputs, height: 1, width: 1)
    }

    /// `weight`: `[outputs, inputs]`; `bias`: `[outputs]`.
    public func tensors(of operand: PlaneShape) -> [OperationTensor] {
        [OperationTensor(.weight, [outputs, operand.count]), OperationTensor(.bias, [outputs])]
    }

    /// Bytes for weights, and a multiplier and an offset for each output.
    public func quantized(_ operand: PlaneShape) -> QuantizedOperation? {
        QuantizedOperation(
            [OperationTensor(.weight, [outputs, operand.count])], outputs: outputs, terms: operand.count)
    }

    /// A multiply-accumulate for every weight.
    public func cost(of operand: PlaneShape) -> OperationCost {
        OperationCost(
            multiplyAccumulates: [outputs, operand.channels, operand.pixels],
            packedWeights: [OperationCost.padded(outputs), operand.channels, operand.pixels])
    }
}
