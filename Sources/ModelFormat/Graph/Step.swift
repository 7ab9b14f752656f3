/// One operation of the graph.
public struct Step: Sendable {
    /// The layer's name in the source network; its tensors are called `name.weight`, `name.bias` and so on.
    public var name: String
    /// What is computed.
    public var operation: any Operation
    /// The value that is read.
    public var input: String
    /// How many leading channels of the input the step can see.
    public var inputChannels: Int
    /// The value that is written.
    public var output: String
    /// The first channel of the output that is written.
    public var outputOffset: Int
    /// What the step stands for in the source network, since folding hides it.
    public var source: SourceCost

    /// A step; `Graph.validate` says whether it fits its graph.
    public init(
        name: String, operation: any Operation, input: String, inputChannels: Int, output: String,
        outputOffset: Int = 0,
        source: SourceCost = SourceCost(parameters: 0, paperFLOPs: 0)
    ) {
        self.name = name
        self.operation = operation
        self.input = input
        self.inputChannels = inputChannels
        self.output = output
        self.outputOffset = outputOffset
        self.source = source
    }
}

extension Step: Equatable {
    /// Whether both compute the same under the same names.
    public static func == (left: Step, right: Step) -> Bool {
        left.name == right.name && left.operation.isEqual(to: right.operation) && left.input == right.input
            && left.inputChannels == right.inputChannels && left.output == right.output
            && left.outputOffset == right.outputOffset && left.source == right.source
    }
}

extension Step {
    /// All values that the step reads.
    public var inputs: [String] { [input] + operation.otherInputs }
}

/// The cost of a step in the source network.
public struct SourceCost: Equatable, Sendable {
    /// Trained parameters, batch norms included.
    public var parameters: Int
    /// Convolution multiply-accumulates, one per ReLU input, k² per average-pool output, linear weights and biases.
    public var paperFLOPs: Int

    /// Both counts, neither negative.
    public init(parameters: Int, paperFLOPs: Int) {
        self.parameters = parameters
        self.paperFLOPs = paperFLOPs
    }
}
