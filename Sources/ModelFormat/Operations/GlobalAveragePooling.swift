import Foundations

/// The average of each plane: `[channels, 1, 1]`.
public struct GlobalAveragePooling: Operation {
    /// What happens to the input first.
    public var preActivation: PreActivation

    /// By default of the input as it is.
    public init(preActivation: PreActivation = PreActivation()) { self.preActivation = preActivation }
}

extension GlobalAveragePooling {
    /// The word in the file.
    public static let words = ["globalAveragePooling"]
    /// The members of the step that are the operation's own.
    public var members: [JSONValue.Member] { preActivation.members }

    /// Reads the members of the step that are the operation's own.
    public init(word: String, reading members: inout JSONMembers, version: FormatVersion) throws {
        self.init(preActivation: try PreActivation(reading: &members, version: version))
    }

    /// Every operand has an average.
    public func check(_ operand: PlaneShape, _ rules: StepRules) throws {}

    /// `[C, 1, 1]`.
    public func outputShape(of operand: PlaneShape) -> PlaneShape {
        PlaneShape(channels: operand.channels, height: 1, width: 1)
    }

    /// A multiplier and an offset for each channel's sum.
    public func quantized(_ operand: PlaneShape) -> QuantizedOperation? {
        QuantizedOperation(outputs: operand.channels, terms: operand.pixels)
    }

    /// The operand's elements.
    public func cost(of operand: PlaneShape) -> OperationCost { OperationCost(elements: [operand.count]) }
}
