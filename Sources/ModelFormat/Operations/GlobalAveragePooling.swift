/// The average of each plane: `[channels, 1, 1]`.
public struct GlobalAveragePooling: Operation {
    /// What happens to the input first.
    public var preActivation: PreActivation

    /// By default of the input as it is.
    public init(preActivation: PreActivation = PreActivation()) { self.preActivation = preActivation }
}

extension GlobalAveragePooling {
    public static let words = ["globalAveragePooling"]
    public var word: String { Self.words[0] }
    public var members: [JSONValue.Member] { preActivation.members }

    public init(word: String, reading members: inout JSONMembers) throws {
        self.init(preActivation: try PreActivation(reading: &members))
    }

    public func check(_ operand: PlaneShape, _ rules: StepRules) throws {}

    public func outputShape(of operand: PlaneShape) -> PlaneShape {
        PlaneShape(channels: operand.channels, height: 1, width: 1)
    }

    public func cost(of operand: PlaneShape) -> OperationCost { OperationCost(elements: [operand.count]) }
}
