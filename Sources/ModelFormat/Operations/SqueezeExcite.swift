import Foundations

/// Every plane times a number that follows from the means of all planes: `x · sigmoid(W₂ · relu(W₁ · mean(x)))`.
///
/// Source: Hu, Shen and Sun, Squeeze-and-Excitation Networks, CVPR 2018; here without biases.
public struct SqueezeExcite: Operation {
    /// Rows of W₁, and columns of W₂.
    public var hidden: Int

    /// Squeezes the means to `hidden` numbers.
    public init(hidden: Int) { self.hidden = hidden }
}

extension SqueezeExcite {
    /// The word in the file.
    public static let words = ["squeezeExcite"]
    /// The members of the step that are the operation's own.
    public var members: [JSONValue.Member] { [.init("hidden", .integer(hidden))] }

    /// Reads the members of the step that are the operation's own.
    public init(word: String, reading members: inout JSONMembers, version: FormatVersion) throws {
        self.init(hidden: try members.integer("hidden"))
    }

    /// Hidden numbers within their limit.
    public func check(_ operand: PlaneShape, _ rules: StepRules) throws {
        try rules.range("hidden numbers", hidden, 1...FormatLimits.channels)
    }

    /// The operand's own shape, `[C, H, W]`.
    public func outputShape(of operand: PlaneShape) -> PlaneShape { operand }

    /// `squeeze`, W₁: `[hidden, C]`; `excite`, W₂: `[C, hidden]`.
    public func tensors(of operand: PlaneShape) -> [OperationTensor] {
        [OperationTensor(.squeeze, [hidden, operand.channels]), OperationTensor(.excite, [operand.channels, hidden])]
    }

    /// A multiply-accumulate for every weight; the operand's elements, which are averaged and multiplied.
    public func cost(of operand: PlaneShape) -> OperationCost {
        OperationCost(
            multiplyAccumulates: [2, hidden, operand.channels], elements: [2, operand.count],
            packedWeights: [2, OperationCost.padded(hidden), OperationCost.padded(operand.channels)])
    }
}
