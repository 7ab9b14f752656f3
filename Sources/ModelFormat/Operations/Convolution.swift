import Foundations

/// A grouped convolution with square kernel, zero padding and dilation 1.
///
/// Output channel `g·(outputChannels/groups) + j` is computed by group `g` from its contiguous share of the inputs.
public struct Convolution: Operation {
    /// What happens to the input first.
    public var preActivation: PreActivation
    /// Channels that are written; a multiple of `groups`.
    public var outputChannels: Int
    /// The side of the square kernel.
    public var kernel: Int
    /// Pixels from one window to the next, in both directions.
    public var stride: Int
    /// Zeros around the input (after its pre-activation), less than `kernel`.
    public var padding: Int
    /// How many groups divide inputs and outputs.
    public var groups: Int
    /// Whether tensor `bias` is added to the outputs.
    public var bias: Bool
    /// What is applied to the outputs.
    public var activation: Activation
    /// Whether output `g·(outputChannels/groups) + j` is stored as channel `j·groups + g`: a channel shuffle, for free.
    public var shuffle: Bool

    /// By default of one group and stride 1, without padding, bias, activation and shuffle.
    public init(
        preActivation: PreActivation = PreActivation(), outputChannels: Int, kernel: Int, stride: Int = 1,
        padding: Int = 0,
        groups: Int = 1, bias: Bool = false, activation: Activation = .none, shuffle: Bool = false
    ) {
        self.preActivation = preActivation
        self.outputChannels = outputChannels
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.groups = groups
        self.bias = bias
        self.activation = activation
        self.shuffle = shuffle
    }
}

extension Convolution {
    /// The word in the file.
    public static let words = ["convolution"]

    /// The members of the step that are the operation's own.
    public var members: [JSONValue.Member] {
        var members: [JSONValue.Member] = preActivation.members
        members.append(.init("outputChannels", .integer(outputChannels)))
        members += window.members
        members.append(.init("groups", .integer(groups)))
        members += flags([("bias", bias)])
        members += activation.members
        members += flags([("shuffle", shuffle)])
        return members
    }

    /// Reads the members of the step that are the operation's own.
    public init(word: String, reading members: inout JSONMembers, version: FormatVersion) throws {
        let preActivation = try PreActivation(reading: &members, version: version)
        let window = try SlidingWindow(reading: &members)
        self.init(
            preActivation: preActivation, outputChannels: try members.integer("outputChannels"),
            kernel: window.kernel, stride: window.stride, padding: window.padding,
            groups: try members.integer("groups"), bias: try members.flag("bias"),
            activation: try Activation(reading: &members, version: version), shuffle: try members.flag("shuffle"))
    }

    private var window: SlidingWindow { SlidingWindow(kernel: kernel, stride: stride, padding: padding) }

    /// Channels and window within their limits, groups that divide inputs and outputs.
    public func check(_ operand: PlaneShape, _ rules: StepRules) throws {
        try rules.range("output channels", outputChannels, 1...FormatLimits.channels)
        try rules.range("groups", groups, 1...FormatLimits.channels)
        guard operand.channels % groups == 0, outputChannels % groups == 0 else {
            throw rules.failure(
                "groups that divide \(operand.channels) inputs and \(outputChannels) outputs", "\(groups)")
        }
        try window.check(operand, rules)
    }

    /// The channel, from the first that the step writes, that an output is stored as.
    public func channel(of output: Int) -> Int {
        let perGroup = outputChannels / groups
        return shuffle ? output % perGroup * groups + output / perGroup : output
    }

    /// `[outputChannels, rows of windows, columns of windows]`.
    public func outputShape(of operand: PlaneShape) -> PlaneShape {
        window.outputShape(of: operand, channels: outputChannels)
    }

    /// `weight`: `[outputs, inputs/groups, kernel, kernel]`; `bias`: `[outputs]`.
    public func tensors(of operand: PlaneShape) -> [OperationTensor] {
        [OperationTensor(.weight, [outputChannels, operand.channels / groups, kernel, kernel])]
            + (bias ? [OperationTensor(.bias, [outputChannels])] : [])
    }

    /// Bytes for weights and for what surrounds the input, and a multiplier and an offset for each output.
    public func quantized(_ operand: PlaneShape) -> QuantizedOperation? {
        let weight = [outputChannels, operand.channels / groups, kernel, kernel]
        return QuantizedOperation(
            [OperationTensor(.weight, weight)] + (padding > 0 ? [OperationTensor(.pad, [operand.channels])] : []),
            outputs: outputChannels, terms: weight.dropFirst().reduce(1, *))
    }

    /// A multiply-accumulate for every weight at every output pixel, and the operand's elements.
    public func cost(of operand: PlaneShape) -> OperationCost {
        OperationCost(
            multiplyAccumulates: [outputShape(of: operand).count, operand.channels / groups, kernel, kernel],
            elements: [operand.count],
            packedWeights: [
                groups, OperationCost.padded(outputChannels / groups), operand.channels / groups, kernel, kernel,
            ])
    }
}
