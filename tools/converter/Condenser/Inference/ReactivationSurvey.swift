import ModelFormat

/// What a checkpoint's tensors say about one layer's reactivation, before its groups and factor are known.
struct ReactivationSurvey {
    let name: String
    /// Learned or condensed.
    var kind: Architecture.Pointwise.Kind
    /// The layer's new channels.
    var inputs: Int?
    /// The channels before them.
    var outputs: Int?
    /// Learned: the mask, where it is sound, with a row for each input: its groups drop outputs.
    var mask: MaskSurvey?
    /// Groups of the condensed convolution.
    var groups: Int?
    /// Sums of the condensed convolution.
    var sums: Int?
}

extension TensorInspector {
    /// Checks the tensors of squeeze-excite: rows of its first matrix.
    mutating func surveySqueezeExcite(_ name: String, channels: Int?) throws -> Int? {
        let hidden = try shape("\(name).fc.0.weight", [nil, channels])?[0]
        try shape("\(name).fc.2.weight", [channels, hidden])
        return hidden
    }

    /// Checks the tensors of a reactivation.
    ///
    /// - Parameters:
    ///   - inputs: the layer's new channels, where they are known.
    ///   - outputs: the channels that the layer has read, where they are known.
    mutating func surveyReactivation(_ name: String, inputs: Int?, outputs: Int?) throws -> ReactivationSurvey {
        var survey = ReactivationSurvey(
            name: name, kind: kind(name) == .condensed ? .condensed : .learned, inputs: inputs, outputs: outputs)
        try batchNorm("\(name).norm", channels: inputs)
        if survey.kind == .condensed {
            try surveyCondensed(&survey)
        } else {
            try surveyLearned(&survey)
        }
        return survey
    }

    private mutating func surveyLearned(_ survey: inout ReactivationSurvey) throws {
        let name = survey.name
        try shape("\(name).conv.weight", [survey.outputs, survey.inputs, 1, 1])
        let hasBuffers = checkpoint["\(name)._stage"] != nil || checkpoint["\(name)._count"] != nil
        let stage = hasBuffers ? try scalar("\(name)._stage") : nil
        let count = hasBuffers ? try scalar("\(name)._count") : nil
        let mask = try numbers("\(name)._mask", [survey.outputs, survey.inputs, 1, 1], .mask)
        guard let mask, let inputs = survey.inputs, let outputs = survey.outputs,
            !hasBuffers || (stage != nil && count != nil)
        else { return }
        let turned = (0..<inputs).flatMap { input in (0..<outputs).map { mask[$0 * inputs + input] } }
        survey.mask = MaskSurvey(
            layer: name, mask: turned, inputs: outputs, outputs: inputs, stage: stage, count: count)
    }

    private mutating func surveyCondensed(_ survey: inout ReactivationSurvey) throws {
        let name = survey.name
        guard let weight = try shape("\(name).conv.weight", [nil, nil, 1, 1]) else { return }
        let (sums, share) = (weight[0], weight[1])
        guard let index = try numbers("\(name).index", [sums, survey.outputs], .mask), let outputs = survey.outputs
        else { return }
        for sum in 0..<sums {
            let places = index[(sum * outputs)..<((sum + 1) * outputs)].count { $0 == 1 }
            guard places == 1 else {
                return report(
                    .value(
                        tensor: "\(name).index", position: sum * outputs, expected: "one 1 in row \(sum)",
                        found: "\(places)"))
            }
        }
        guard let inputs = survey.inputs else { return }
        guard inputs.isMultiple(of: share), sums.isMultiple(of: inputs / share) else {
            return report(
                .shape(
                    tensor: "\(name).conv.weight",
                    expected: "[any, \(inputs)/groups, 1, 1] with groups that divide the outputs", found: weight))
        }
        (survey.groups, survey.sums) = (inputs / share, sums)
    }

    /// Gives all learned reactivations their groups, which follow from all of their masks together.
    mutating func resolveReactivations(
        _ stages: inout [StageSurvey], _ usual: Architecture.Pointwise.Kind, allowUnpruned: Bool
    ) {
        let surveys = stages.flatMap { $0.layers.compactMap(\.reactivation) }
        for survey in surveys where survey.kind != usual && usual != .plain {
            let (found, others) = usual == .learned ? ("converted", "dense") : ("dense", "converted")
            report(.mixedForms(layer: survey.name, found: found, others: others))
        }
        let learned = LearnedGroups(surveys.compactMap(\.mask), allowUnpruned: allowUnpruned)
        learned.problems.forEach { report($0) }
        for stage in stages.indices {
            for layer in stages[stage].layers.indices {
                guard let survey = stages[stage].layers[layer].reactivation, survey.kind == .learned else { continue }
                stages[stage].layers[layer].reactivation!.groups = learned.groups
                stages[stage].layers[layer].reactivation!.sums = survey.outputs.map {
                    $0 / learned.condensationFactor * learned.groups
                }
            }
        }
    }
}
