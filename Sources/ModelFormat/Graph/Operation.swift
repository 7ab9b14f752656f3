/// What a step computes.
public enum Operation: Equatable, Sendable {
    /// A convolution of the gathered, normalised input.
    case convolution(Convolution)
    /// A maximum or average over square windows.
    case pooling(Pooling)
    /// The average of each gathered, normalised plane: `[channels, 1, 1]`.
    case globalAveragePooling(InputStage)
    /// A sum of two values.
    case addition(Addition)
    /// A fully connected layer.
    case linear(Linear)
}

/// What happens to a step's input before its operation: channels are gathered, then scaled and shifted, then rectified.
public struct InputStage: Equatable, Sendable {
    /// How many channels tensor `index` gathers, in its order; `nil` takes the visible channels as they are.
    public var gather: Int?
    /// Whether every (gathered) channel is multiplied by `scale`, shifted by `shift` and rectified: a folded batch norm
    /// and its ReLU.
    public var normalize: Bool

    /// By default the input as it is.
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
    /// What happens to the input first.
    public var inputStage: InputStage
    /// Channels that are written; a multiple of `groups`.
    public var outputChannels: Int
    /// The side of the square kernel.
    public var kernel: Int
    /// Pixels from one window to the next, in both directions.
    public var stride: Int
    /// Zeros around the input (after its stage), less than `kernel`.
    public var padding: Int
    /// How many groups divide inputs and outputs.
    public var groups: Int
    /// Whether tensor `bias` is added to the outputs.
    public var bias: Bool
    /// Whether the outputs are rectified.
    public var relu: Bool
    /// Whether output `g·(outputChannels/groups) + j` is stored as channel `j·groups + g`: a channel shuffle, for free.
    public var shuffle: Bool

    /// By default of one group and stride 1, without padding, bias, ReLU and shuffle.
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

/// Maximum or average pooling with a square window.
public struct Pooling: Equatable, Sendable {
    /// What is taken of each window.
    public enum Kind: String, Sendable {
        /// The largest element; padding never wins.
        case maximum
        /// The mean of all `kernel²` elements; there is no padding.
        case average
    }

    /// What is taken of each window.
    public var kind: Kind
    /// The side of the square window.
    public var kernel: Int
    /// Pixels from one window to the next, in both directions.
    public var stride: Int
    /// Pixels around the input that no window counts: at most half of `kernel` for maxima, 0 for averages.
    public var padding: Int

    /// By default without padding.
    public init(kind: Kind, kernel: Int, stride: Int, padding: Int = 0) {
        self.kind = kind
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }
}

/// The elementwise sum of the step's input and the same channels of another value.
public struct Addition: Equatable, Sendable {
    /// The other value's name.
    public var other: String
    /// Whether the sum is rectified.
    public var relu: Bool

    /// By default without ReLU.
    public init(other: String, relu: Bool = false) {
        self.other = other
        self.relu = relu
    }
}

/// A fully connected layer over all elements of the visible channels, in `[C, H, W]` order, with a bias.
public struct Linear: Equatable, Sendable {
    /// Elements that are written, `[outputs, 1, 1]`.
    public var outputs: Int
    /// Whether the outputs are rectified.
    public var relu: Bool

    /// By default without ReLU.
    public init(outputs: Int, relu: Bool = false) {
        self.outputs = outputs
        self.relu = relu
    }
}
