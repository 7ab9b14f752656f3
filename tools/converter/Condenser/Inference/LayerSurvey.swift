/// What a checkpoint's tensors say about one 1×1 convolution, before the network's groups and factor are known.
///
/// A reactivation is one, too: its inputs are the layer's new channels, its outputs the channels before them, and its
/// groups drop outputs. It is learned or condensed.
struct PointwiseSurvey {
    let name: String
    var kind: Architecture.Pointwise.Kind
    var inputs: Int?
    var outputs: Int?
    /// Whether groups drop outputs, and not inputs.
    var dropsOutputs = false
    /// Learned: the mask, where it is sound, with a row for each channel whose group drops others.
    var mask: MaskSurvey?
    /// Learned: whether the mask is a tensor, and not in the weights.
    var hasMask = true
    /// Condensed: channels that `index` gathers.
    var gathered: Int?
    /// Sums that a condensed reactivation adds to its outputs.
    var sums: Int?
    /// Plain and condensed: as the weight's shape says; learned: as the masks say.
    var groups: Int?

    /// Condensed: inputs for each that a group reads.
    var condensationFactor: Int? {
        guard let inputs, let gathered, let groups else { return nil }
        return inputs * groups / gathered
    }
}

/// What a checkpoint's tensors say about one layer of a dense block.
struct DenseLayerSurvey {
    var pointwise: PointwiseSurvey
    var spatial: Architecture.Spatial?
    /// Rows of the first matrix of squeeze-excite, where the layer has it.
    var squeezeExcite: Int?
    var reactivation: PointwiseSurvey?
}

/// What a checkpoint's tensors say about one dense block and its transition.
struct StageSurvey {
    let number: Int
    let inputs: Int?
    var growth: Int?
    /// The number of the last layer.
    var depth = 0
    var layers: [DenseLayerSurvey] = []
    var transition: PointwiseSurvey?

    /// All 1×1 convolutions in execution order.
    var pointwise: [PointwiseSurvey] { layers.map(\.pointwise) + (transition.map { [$0] } ?? []) }

    /// Gives all learned layers their groups.
    mutating func setGroups(_ groups: Int) {
        for layer in layers.indices where layers[layer].pointwise.kind == .learned {
            layers[layer].pointwise.groups = groups
        }
        if transition?.kind == .learned { transition?.groups = groups }
    }

    /// Channels that leave the stage.
    var outputs: Int? {
        if let transition { return transition.outputs }
        guard let inputs, let growth else { return nil }
        return inputs + depth * growth
    }
}

extension TensorInspector {
    /// Checks the tensors of a 1×1 convolution.
    ///
    /// - Parameter inputs: channels that the layer can see, where they are known.
    mutating func surveyPointwise(_ name: String, inputs: Int?) throws -> PointwiseSurvey {
        var survey = PointwiseSurvey(name: name, kind: kind(name), inputs: inputs)
        switch survey.kind {
        case .learned: try surveyLearned(&survey)
        case .condensed: try surveyCondensed(&survey)
        case .plain: try surveyPlain(&survey)
        }
        return survey
    }

    /// How the convolution called `name` reads its inputs, by the tensors it has.
    func kind(_ name: String) -> Architecture.Pointwise.Kind {
        let isLearned = ["_mask", "_stage", "_count"].contains { checkpoint["\(name).\($0)"] != nil }
        return isLearned ? .learned : checkpoint["\(name).index"] != nil ? .condensed : .plain
    }

    /// Checks the tensors of a learned convolution. Outputs and inputs that are not known yet are the weight's.
    mutating func surveyLearned(_ survey: inout PointwiseSurvey) throws {
        let name = survey.name
        let weight = try shape("\(name).conv.weight", [survey.outputs, survey.inputs, 1, 1])
        survey.outputs = survey.outputs ?? weight?[0]
        survey.inputs = survey.inputs ?? weight?[1]
        try batchNorm("\(name).norm", channels: survey.inputs)
        let hasBuffers = checkpoint["\(name)._stage"] != nil || checkpoint["\(name)._count"] != nil
        let stage = hasBuffers ? try scalar("\(name)._stage") : nil
        let count = hasBuffers ? try scalar("\(name)._count") : nil
        let mask = try numbers("\(name)._mask", [survey.outputs, survey.inputs, 1, 1], .mask)
        guard let mask, let inputs = survey.inputs, let outputs = survey.outputs,
            !hasBuffers || (stage != nil && count != nil)
        else { return }
        survey.mask =
            survey.dropsOutputs
            ? MaskSurvey(
                layer: name, mask: (0..<inputs).flatMap { input in (0..<outputs).map { mask[$0 * inputs + input] } },
                inputs: outputs, outputs: inputs, stage: stage, count: count)
            : MaskSurvey(layer: name, mask: mask, inputs: inputs, outputs: outputs, stage: stage, count: count)
    }

    private mutating func surveyCondensed(_ survey: inout PointwiseSurvey) throws {
        let name = survey.name
        let index = try indices("\(name).index", below: survey.inputs)
        let gathered = index?.count
        try batchNorm("\(name).norm", channels: gathered)
        guard let weight = try shape("\(name).conv.weight", [nil, nil, 1, 1]) else { return }
        survey.outputs = weight[0]
        guard let gathered else { return }
        let share = weight[1]
        guard gathered.isMultiple(of: share), weight[0].isMultiple(of: gathered / share),
            survey.inputs?.isMultiple(of: share) ?? true
        else {
            let whole = survey.inputs.map { " and \($0)" } ?? ""
            report(
                .shape(
                    tensor: "\(name).conv.weight",
                    expected: "[any, a divisor of \(gathered)\(whole), 1, 1] with as many groups as divide the outputs",
                    found: weight))
            return
        }
        survey.gathered = gathered
        survey.groups = gathered / share
        checkRepeats(index ?? [], in: "\(name).index", share: share)
    }

    /// What the weights of a plain layer of one group say of a mask that is gone.
    ///
    /// - Throws: `CheckpointError` when the checkpoint's data cannot be read.
    mutating func maskOfWeights(_ survey: PointwiseSurvey) throws -> MaskSurvey {
        let weight = try checkpoint["\(survey.name).conv.weight"]?.floats() ?? []
        return MaskSurvey(
            layer: survey.name, mask: weight.map { $0 == 0 ? 0 : 1 }, inputs: survey.inputs!,
            outputs: survey.outputs!, stage: nil, count: nil)
    }

    private mutating func surveyPlain(_ survey: inout PointwiseSurvey) throws {
        let name = survey.name
        survey.inputs = survey.inputs ?? checkpoint["\(name).norm.weight"]?.shape.first
        try batchNorm("\(name).norm", channels: survey.inputs)
        let (outputs, groups) = try surveyGrouped("\(name).conv.weight", inputs: survey.inputs, kernel: 1)
        survey.outputs = outputs
        survey.groups = groups
    }

    /// Checks the tensors of a 3×3 convolution.
    ///
    /// - Parameter inputs: outputs of the 1×1 convolution before it, where they are known.
    mutating func surveySpatial(_ name: String, inputs: Int?) throws -> Architecture.Spatial? {
        let inputs = inputs ?? checkpoint["\(name).norm.weight"]?.shape.first
        try batchNorm("\(name).norm", channels: inputs)
        let (outputs, groups) = try surveyGrouped("\(name).conv.weight", inputs: inputs, kernel: 3)
        guard let inputs, let outputs, let groups else { return nil }
        return Architecture.Spatial(name: name, inputChannels: inputs, outputChannels: outputs, groups: groups)
    }

    /// Outputs and groups of a grouped convolution with contiguous shares, from its weight's shape.
    private mutating func surveyGrouped(
        _ name: String, inputs: Int?, kernel: Int
    ) throws -> (outputs: Int?, groups: Int?) {
        guard let weight = try shape(name, [nil, nil, kernel, kernel]) else { return (nil, nil) }
        guard let inputs else { return (weight[0], nil) }
        guard inputs.isMultiple(of: weight[1]), weight[0].isMultiple(of: inputs / weight[1]) else {
            report(
                .shape(
                    tensor: name,
                    expected: "[any, \(inputs)/groups, \(kernel), \(kernel)] with groups that divide the outputs",
                    found: weight))
            return (weight[0], nil)
        }
        return (weight[0], inputs / weight[1])
    }
}
