import ModelFormat

extension Architecture {
    /// The same network before anything was dropped: every learned convolution over all its inputs, a full classifier.
    var uncondensed: Architecture {
        var whole = self
        whole.classifier.kept = nil
        whole.condensationFactor = 1
        for stage in stages.indices {
            for layer in stages[stage].layers.indices {
                let pointwise = stages[stage].layers[layer].pointwise
                whole.stages[stage].layers[layer].pointwise = pointwise.uncondensed
                whole.stages[stage].layers[layer].reactivation?.kind = .plain
                whole.stages[stage].layers[layer].reactivation?.groups = 1
                whole.stages[stage].layers[layer].reactivation?.sums = pointwise.inputChannels
            }
            whole.stages[stage].transition = stages[stage].transition?.uncondensed
        }
        return whole
    }
}

extension Architecture.Pointwise {
    fileprivate var uncondensed: Architecture.Pointwise {
        guard kind != .plain else { return self }
        var whole = self
        whole.kind = .plain
        whole.gathered = nil
        whole.groups = 1
        return whole
    }
}
