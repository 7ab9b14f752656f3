/// A network as a list of steps over named values.
///
/// A value is a stack of channel planes that several steps may fill, each its own range of channels: a dense block is
/// one value that every layer extends, so concatenation is where a step writes and costs nothing.
public struct Graph: Equatable, Sendable {
    /// All values; exactly one of them is the input, one the output.
    public var values: [Value]
    /// The steps in execution order.
    public var steps: [Step]
    /// The name of the value that holds the image, `[3, H, W]`.
    public var input: String
    /// The name of the value that holds the logits, `[classes, 1, 1]`.
    public var output: String

    public init(values: [Value], steps: [Step], input: String, output: String) {
        self.values = values
        self.steps = steps
        self.input = input
        self.output = output
    }

    /// The value called `name`.
    public func value(named name: String) -> Value? { values.first { $0.name == name } }

    /// The sum over all steps of the source network's parameters, batch norms included.
    public var parameters: Int { steps.reduce(0) { $0 + $1.source.parameters } }

    /// The sum over all steps of the source network's FLOPs as the CondenseNet authors count them.
    public var paperFLOPs: Int { steps.reduce(0) { $0 + $1.source.paperFLOPs } }
}

/// A named stack of planes, `[channels, height, width]`.
public struct Value: Equatable, Sendable {
    public var name: String
    public var shape: PlaneShape

    public init(_ name: String, _ shape: PlaneShape) {
        self.name = name
        self.shape = shape
    }
}

/// The shape of a value: `[channels, height, width]`.
public struct PlaneShape: Equatable, Sendable {
    public var channels: Int
    public var height: Int
    public var width: Int

    public init(channels: Int, height: Int, width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    /// Elements of one plane.
    public var pixels: Int { height * width }
    /// Elements of all planes.
    public var count: Int { channels * pixels }
}

extension PlaneShape: CustomStringConvertible {
    public var description: String { "\(channels)×\(height)×\(width)" }
}

/// One operation of the graph.
public struct Step: Equatable, Sendable {
    /// The layer's name in the source network; its tensors are called `name.weight`, `name.bias` and so on.
    public var name: String
    public var operation: Operation
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

    public init(
        name: String, operation: Operation, input: String, inputChannels: Int, output: String, outputOffset: Int = 0,
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

/// The cost of a step in the source network.
public struct SourceCost: Equatable, Sendable {
    /// Trained parameters, batch norms included.
    public var parameters: Int
    /// Convolution multiply-accumulates, one per ReLU input, k² per average-pool output, linear weights and biases.
    public var paperFLOPs: Int

    public init(parameters: Int, paperFLOPs: Int) {
        self.parameters = parameters
        self.paperFLOPs = paperFLOPs
    }
}

/// What a step computes.
public enum Operation: Equatable, Sendable {
    case convolution(Convolution)
    case pooling(Pooling)
    case globalAveragePooling(InputStage)
    case addition(Addition)
    case linear(Linear)
}

/// What happens to a step's input before its operation: channels are gathered, then scaled and shifted, then rectified.
public struct InputStage: Equatable, Sendable {
    /// How many channels tensor `index` gathers, in its order; `nil` takes the visible channels as they are.
    public var gather: Int?
    /// Whether every (gathered) channel is multiplied by `scale`, shifted by `shift` and rectified: a folded batch norm
    /// and its ReLU.
    public var normalize: Bool

    public init(gather: Int? = nil, normalize: Bool = false) {
        self.gather = gather
        self.normalize = normalize
    }

    /// The channels that the operation itself sees, where the step sees `inputChannels`.
    public func channels(of inputChannels: Int) -> Int { gather ?? inputChannels }
}

/// A grouped convolution with square kernel, zero padding and dilation 1.
///
/// Output channel `g·(outputChannels/groups) + j` is computed by group `g` from its contiguous share of the inputs.
public struct Convolution: Equatable, Sendable {
    public var inputStage: InputStage
    public var outputChannels: Int
    public var kernel: Int
    public var stride: Int
    public var padding: Int
    public var groups: Int
    /// Whether tensor `bias` is added to the outputs.
    public var bias: Bool
    /// Whether the outputs are rectified.
    public var relu: Bool
    /// Whether output `g·(outputChannels/groups) + j` is stored as channel `j·groups + g`: a channel shuffle, for free.
    public var shuffle: Bool

    public init(
        inputStage: InputStage = InputStage(), outputChannels: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
        groups: Int = 1, bias: Bool = false, relu: Bool = false, shuffle: Bool = false
    ) {
        self.inputStage = inputStage
        self.outputChannels = outputChannels
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.groups = groups
        self.bias = bias
        self.relu = relu
        self.shuffle = shuffle
    }
}

/// Maximum or average pooling with a square window. Average pooling has no padding.
public struct Pooling: Equatable, Sendable {
    public enum Kind: String, Sendable { case maximum, average }

    public var kind: Kind
    public var kernel: Int
    public var stride: Int
    public var padding: Int

    public init(kind: Kind, kernel: Int, stride: Int, padding: Int = 0) {
        self.kind = kind
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }
}

/// The elementwise sum of the step's input and the same channels of another value.
public struct Addition: Equatable, Sendable {
    public var other: String
    /// Whether the sum is rectified.
    public var relu: Bool

    public init(other: String, relu: Bool = false) {
        self.other = other
        self.relu = relu
    }
}

/// A fully connected layer over all elements of the visible channels, in `[C, H, W]` order, with a bias.
public struct Linear: Equatable, Sendable {
    public var outputs: Int
    /// Whether the outputs are rectified.
    public var relu: Bool

    public init(outputs: Int, relu: Bool = false) {
        self.outputs = outputs
        self.relu = relu
    }
}
