extension TensorInspector {
    /// Reports the layers that do not belong to a network of the form that most layers have: training saves learned
    /// layers and a full classifier, the original conversion leaves converted ones and a classifier with an index, and
    /// plain layers go with either.
    ///
    /// - Parameter classifier: the classifier's form, which decides where the layers do not.
    /// - Returns: the kind that the layers should have: plain only where all of them are.
    mutating func checkForms(
        _ stages: [StageSurvey], classifier: Architecture.Form
    ) -> Architecture.Pointwise.Kind {
        let layers = stages.flatMap(\.pointwise)
        let learned = layers.filter { $0.kind == .learned }.count
        let condensed = layers.filter { $0.kind == .condensed }.count
        guard learned + condensed > 0 else { return .plain }
        let form: Architecture.Form =
            learned == condensed ? classifier : learned > condensed ? .dense : .converted
        let usual: Architecture.Pointwise.Kind = form == .dense ? .learned : .condensed
        let plainTransitions = stages.compactMap(\.transition).allSatisfy { $0.kind == .plain }
        for stage in stages {
            for layer in stage.layers { check(layer.pointwise, usual) }
            if let transition = stage.transition, !plainTransitions { check(transition, usual) }
        }
        if classifier != form {
            report(.mixedForms(layer: "classifier", found: classifier.rawValue, others: form.rawValue))
        }
        return usual
    }

    private mutating func check(_ layer: PointwiseSurvey, _ usual: Architecture.Pointwise.Kind) {
        guard layer.kind != usual else { return }
        if layer.kind == .plain {
            report(.missing(tensor: "\(layer.name).\(usual == .learned ? "_mask" : "index")"))
        } else {
            let (found, others) = usual == .learned ? ("converted", "dense") : ("dense", "converted")
            report(.mixedForms(layer: layer.name, found: found, others: others))
        }
    }
}
