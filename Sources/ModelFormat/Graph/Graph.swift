/// A network as a list of steps over named values.
///
/// A value is a stack of channel planes that several steps may fill, each its own range of channels: a dense block is
/// one value that every layer extends, so concatenation is where a step writes and costs nothing.
public struct Graph: Equatable, Sendable {
    /// All values; exactly one of them is the input, one the output.
    public var values: [Value] { didSet { positions = Self.positions(of: values) } }
    /// The steps in execution order.
    public var steps: [Step]
    /// The name of the value that holds the image, `[3, H, W]`.
    public var input: String
    /// The name of the value that holds the logits, `[classes, 1, 1]`.
    public var output: String

    /// Where each name first appears in `values`.
    private var positions: [String: Int]

    /// A graph; `validate` says whether it can be executed.
    public init(values: [Value], steps: [Step], input: String, output: String) {
        self.values = values
        self.steps = steps
        self.input = input
        self.output = output
        positions = Self.positions(of: values)
    }

    /// The value called `name`, in constant time.
    public func value(named name: String) -> Value? { positions[name].map { values[$0] } }

    /// The sum over all steps of the source network's parameters, batch norms included.
    ///
    /// - Precondition: the graph has passed `validate`.
    public var parameters: Int { steps.reduce(0) { $0 + $1.source.parameters } }

    /// The sum over all steps of the source network's FLOPs as the CondenseNet authors count them.
    ///
    /// - Precondition: the graph has passed `validate`.
    public var paperFLOPs: Int { steps.reduce(0) { $0 + $1.source.paperFLOPs } }

    private static func positions(of values: [Value]) -> [String: Int] {
        Dictionary(values.enumerated().map { ($1.name, $0) }) { first, _ in first }
    }
}

/// A named stack of planes, `[channels, height, width]`.
public struct Value: Equatable, Sendable {
    /// The name, unique among the graph's values.
    public var name: String
    /// Channels and the size of each plane.
    public var shape: PlaneShape

    /// A value of the given shape.
    public init(_ name: String, _ shape: PlaneShape) {
        self.name = name
        self.shape = shape
    }
}
