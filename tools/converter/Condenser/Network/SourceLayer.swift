import ModelFormat

/// One layer of a network as its training code has it.
public struct SourceLayer: Equatable, Sendable {
    /// The layer's name; the graph's step of this name computes the same numbers.
    public var name: String
    /// What is computed.
    public var operation: Operation
    /// The value that is read, all channels that are written by then.
    public var input: String
    /// The value that is written, behind the channels that earlier layers have written.
    public var output: String

    /// What a layer computes.
    public enum Operation: Equatable, Sendable {
        /// A convolution with the batch norms and activations around it.
        case convolution(SourceConvolution)
        /// Pooling, after a batch norm and an activation where there are some.
        case pooling(SourcePooling)
        /// The sum with the value `other`, and an activation.
        case addition(other: String, activation: Activation)
        /// A linear layer over all elements of the value.
        case linear(SourceLinear)
        /// A convolution of the value's last channels whose results are added to those before them: input and output are
        /// one value.
        case accumulation(SourceAccumulation)
        /// Every plane times a factor that follows from the means of all.
        case squeezeExcite(SourceSqueezeExcite)
    }

    /// Whether the layer adds to channels that earlier layers have written, and so writes none of its own.
    var accumulates: Bool { if case .accumulation = operation { true } else { false } }

    /// All values that are read.
    public var inputs: [String] {
        if case .addition(let other, _) = operation { [input, other] } else { [input] }
    }
}

/// Batch norm, activation, convolution, batch norm, activation: any of them but the convolution may be missing.
public struct SourceConvolution: Equatable, Sendable {
    /// How the convolution reads its inputs.
    public enum Kind: String, Sendable {
        /// An ordinary grouped convolution; its outputs keep their order.
        case plain
        /// Masked: output `o` belongs to group `o mod groups`. The weight is `[outputs, inputs, k, k]` and counts only
        /// where tensor `mask`, of the same shape, is 1.
        case learned
        /// Tensor `index` gathers the inputs, batch norm and grouped convolution follow, and output
        /// `g·(outputs/groups) + j` is then channel `j·groups + g`.
        case condensed
    }

    /// Tensor `weight`, `[outputs, inputs/groups, kernel, kernel]`.
    public var weight: String
    /// Tensor `bias`, `[outputs]`.
    public var bias: String?
    /// The batch norm before, the prefix of its tensors' names.
    public var preNorm: String?
    /// What is applied between `preNorm` and the convolution.
    public var preActivation = Activation.none
    /// The batch norm after, the prefix of its tensors' names.
    public var norm: String?
    /// What is applied at the end.
    public var activation = Activation.none
    /// How the convolution reads its inputs.
    public var kind = Kind.plain
    /// Learned: 0 or 1 for each weight. `nil` where the weights themselves are zero instead.
    public var mask: String?
    /// Condensed: the channels that are read.
    public var index: String?
    /// Outputs, all groups together.
    public var outputs: Int
    /// The side of the square kernel.
    public var kernel: Int
    /// Pixels from one window to the next.
    public var stride = 1
    /// Zeros around the input.
    public var padding = 0
    /// Groups of the condensed convolution.
    public var groups = 1
    /// Channels that the condensed convolution gathers; `nil` takes all of them in their order.
    public var gathered: Int?

    /// An ordinary convolution of one group, without batch norms and activations.
    public init(weight: String, outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1) {
        self.weight = weight
        self.outputs = outputs
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.groups = groups
    }

    /// The same convolution with a bias or a batch norm, and an activation behind it.
    public func then(bias: String? = nil, norm: String? = nil, _ activation: Activation = .none) -> SourceConvolution {
        var result = self
        (result.bias, result.norm, result.activation) = (bias, norm, activation)
        return result
    }

    /// The same convolution with a batch norm and an activation before it.
    public func after(norm: String, _ activation: Activation) -> SourceConvolution {
        var result = self
        (result.preNorm, result.preActivation) = (norm, activation)
        return result
    }

    /// Whether the condensed convolution's outputs have to be put back into the order that the next layer expects.
    public var isShuffled: Bool { kind != .plain && groups > 1 }

    /// The channel, as the next layer counts, that output `row` of the condensed convolution is.
    func channel(ofOutput row: Int) -> Int {
        guard isShuffled else { return row }
        let rowsPerGroup = outputs / groups
        return row % rowsPerGroup * groups + row / rowsPerGroup
    }
}

/// Pooling with a square window, after a batch norm and an activation where there are some.
public struct SourcePooling: Equatable, Sendable {
    /// What is taken of each window.
    public var kind: Pooling.Kind
    /// The side of the window; `nil` for the whole plane.
    public var window: Int?
    /// Pixels from one window to the next.
    public var stride = 1
    /// Pixels around the input that no window counts.
    public var padding = 0
    /// The batch norm before, the prefix of its tensors' names.
    public var preNorm: String?
    /// What is applied between the batch norm and the pooling.
    public var preActivation = Activation.none

    /// Pooling of the input as it is.
    public init(_ kind: Pooling.Kind, window: Int?, stride: Int = 1, padding: Int = 0) {
        self.kind = kind
        self.window = window
        self.stride = stride
        self.padding = padding
    }
}

/// A linear layer with a bias over all elements of its input, `[C, H, W]`.
public struct SourceLinear: Equatable, Sendable {
    /// The prefix of `weight`, `[outputs, inputs]`, and `bias`, `[outputs]`.
    public var tensors: String
    /// Tensor of the channels that are read; `nil` for all, in their order.
    public var index: String?
    /// Outputs.
    public var outputs: Int
    /// What is applied to the outputs.
    public var activation = Activation.none

    /// A linear layer over everything that its input holds.
    public init(_ tensors: String, index: String? = nil, outputs: Int, activation: Activation = .none) {
        self.tensors = tensors
        self.index = index
        self.outputs = outputs
        self.activation = activation
    }
}
