import Foundations

/// What happens to a step's input before its operation: channels are gathered, then scaled and shifted, then activated.
public struct PreActivation: Equatable, Sendable {
    /// How many channels tensor `index` gathers, in its order; `nil` takes the visible channels as they are.
    public var gather: Int?
    /// Whether every (gathered) channel is multiplied by `scale` and shifted by `shift`: a folded batch norm.
    public var normalize: Bool
    /// What is applied to every element then.
    public var activation: Activation

    /// By default the input as it is.
    public init(gather: Int? = nil, normalize: Bool = false, activation: Activation = .none) {
        self.gather = gather
        self.normalize = normalize
        self.activation = activation
    }

    /// The channels that the operation itself sees, where the step sees `inputChannels`.
    public func channels(of inputChannels: Int) -> Int { gather ?? inputChannels }
}

extension PreActivation {
    /// Member `preActivation`; nothing is said where nothing happens.
    var members: [JSONValue.Member] {
        let members =
            (gather.map { [.init("gather", .integer($0))] } ?? []) + flags([("normalize", normalize)])
            + activation.members
        return members.isEmpty ? [] : [.init("preActivation", .object(members))]
    }

    /// Reads member `preActivation`; version 1 has its members among the step's, where a norm implies ReLU.
    ///
    /// - Throws: `JSONError.member`.
    init(reading members: inout JSONMembers, version: FormatVersion) throws {
        self.init()
        guard version > .one else {
            gather = try members.optionalInteger("gather")
            normalize = try members.flag("normalize")
            activation = normalize ? .relu : .none
            return
        }
        guard let value = members.optional("preActivation") else { return }
        var members = try JSONMembers(value, path: "\(members.path).preActivation")
        gather = try members.optionalInteger("gather")
        normalize = try members.flag("normalize")
        activation = try Activation(reading: &members, version: version)
        try members.finish()
    }

    /// - Throws: `ModelFormatError.step` for a broken rule.
    func check(_ rules: StepRules) throws {
        if let gather { try rules.range("gathered channels", gather, 1...FormatLimits.channels) }
    }

    /// `index`: `[gathered]`; `scale`, `shift`: `[gathered or visible channels]`.
    func tensors(of operand: PlaneShape) -> [OperationTensor] {
        (gather == nil ? [] : [OperationTensor(.index, [operand.channels])])
            + (normalize
                ? [OperationTensor(.scale, [operand.channels]), OperationTensor(.shift, [operand.channels])] : [])
    }
}
