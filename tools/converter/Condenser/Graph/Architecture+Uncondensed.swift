import ModelFormat

extension Architecture {
    /// The same network before anything was dropped: every learned convolution over all its inputs, a full classifier.
    var uncondensed: Architecture {
        var whole = self
        whole.classifier.kept = nil
        whole.condensationFactor = 1
        for stage in stages.indices {
            for layer in stages[stage].layers.indices {
                whole.stages[stage].layers[layer].pointwise = stages[stage].layers[layer].pointwise.uncondensed
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
