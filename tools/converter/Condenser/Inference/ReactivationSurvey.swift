import ModelFormat

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
    mutating func surveyReactivation(_ name: String, inputs: Int?, outputs: Int?) throws -> PointwiseSurvey {
        var survey = PointwiseSurvey(
            name: name, kind: kind(name) == .condensed ? .condensed : .learned, inputs: inputs, outputs: outputs,
            dropsOutputs: true)
        if survey.kind == .condensed {
            try surveyScattered(&survey)
        } else {
            try surveyLearned(&survey)
        }
        return survey
    }

    private mutating func surveyScattered(_ survey: inout PointwiseSurvey) throws {
        let name = survey.name
        try batchNorm("\(name).norm", channels: survey.inputs)
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
