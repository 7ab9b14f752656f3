import Foundations

/// A grouped 1×1 convolution without bias whose results are *added* to channels that exist: the reactivation of
/// CondenseNetV2.
///
/// Output `g·(outputChannels/groups) + j` is computed by group `g` from its contiguous share of the inputs and added to the
/// channel of the step's output value that tensor `destinations` names, one of its first `accumulatedChannels`. A channel
/// may be named often, or never.
public struct Accumulation: Operation {
    /// What happens to the input first.
    public var preActivation: PreActivation
    /// Sums that are computed; a multiple of `groups`.
    public var outputChannels: Int
    /// How many groups divide inputs and sums.
    public var groups: Int
    /// How many leading channels of the output value may be added to.
    public let accumulatedChannels: Int?

    /// By default of one group and of the input as it is.
    public init(
        preActivation: PreActivation = PreActivation(), outputChannels: Int, groups: Int = 1, accumulatedChannels: Int
    ) {
        self.preActivation = preActivation
        self.outputChannels = outputChannels
        self.groups = groups
        self.accumulatedChannels = accumulatedChannels
    }
}

extension Accumulation {
    /// The word in the file.
    public static let words = ["accumulation"]

    /// The members of the step that are the operation's own.
    public var members: [JSONValue.Member] {
        var members = preActivation.members
        members.append(.init("outputChannels", .integer(outputChannels)))
        members.append(.init("groups", .integer(groups)))
        members.append(.init("accumulatedChannels", .integer(accumulatedChannels!)))
        return members
    }

    /// Reads the members of the step that are the operation's own.
    public init(word: String, reading members: inout JSONMembers, version: FormatVersion) throws {
        self.init(
            preActivation: try PreActivation(reading: &members, version: version),
            outputChannels: try members.integer("outputChannels"), groups: try members.integer("groups"),
            accumulatedChannels: try members.integer("accumulatedChannels"))
    }

    private var convolution: Convolution { Convolution(outputChannels: outputChannels, kernel: 1, groups: groups) }

    /// Groups that divide inputs and sums.
    public func check(_ operand: PlaneShape, _ rules: StepRules) throws {
        try rules.range("accumulated channels", accumulatedChannels!, 1...FormatLimits.channels)
        try convolution.check(operand, rules)
    }

    /// The channels that are added to.
    public func outputShape(of operand: PlaneShape) -> PlaneShape {
        PlaneShape(channels: accumulatedChannels!, height: operand.height, width: operand.width)
    }

    /// `weight`: `[outputs, inputs/groups, 1, 1]`; `destinations`: `[outputs]`.
    public func tensors(of operand: PlaneShape) -> [OperationTensor] {
        convolution.tensors(of: operand) + [OperationTensor(.destinations, [outputChannels])]
    }

    /// A multiply-accumulate for every weight at every pixel; the operand's elements, and those that are added.
    public func cost(of operand: PlaneShape) -> OperationCost {
        OperationCost(
            multiplyAccumulates: [outputChannels, operand.channels / groups, operand.pixels],
            elements: [operand.channels + outputChannels, operand.pixels],
            packedWeights: [groups, OperationCost.padded(outputChannels / groups), operand.channels / groups])
    }
}
