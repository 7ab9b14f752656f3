import ModelFormat

extension Architecture {
    /// Refuses a network that a model file could not hold, before anything is computed from its numbers.
    ///
    /// - Throws: `ConversionError.problems`.
    func checkLimits() throws {
        var problems: [CheckpointProblem] = []
        func check(_ what: String, _ found: Int) {
            guard found > FormatLimits.channels else { return }
            problems.append(.limit(what: what, found: found, limit: FormatLimits.channels))
        }
        for stage in stages { check("channels of features.denseblock_\(stage.number)", stage.blockChannels) }
        for layer in pointwise { check("gathered channels of \(layer.name)", layer.operandChannels) }
        // In floating point, where no product can overflow, and with every weight that training has.
        var work = 27 * Double(stem.channels) * stages[0].pixels
        for stage in stages {
            for layer in stage.layers {
                let spatial = layer.spatial
                work += Double(layer.pointwise.inputChannels) * Double(layer.pointwise.outputChannels) * stage.pixels
                work += 9 * Double(spatial.inputChannels) * Double(spatial.outputChannels) * stage.pixels
            }
            if let layer = stage.transition {
                work += Double(layer.inputChannels) * Double(layer.outputChannels) * stage.pixels
            }
        }
        work += Double(classifier.features) * Double(classifier.classes)
        let limit = FormatLimits.multiplyAccumulates
        if work > Double(limit) {
            problems.append(
                .limit(
                    what: "multiply-accumulates of the dense network at \(inputSize)×\(inputSize)",
                    found: Int(min(work, 1e18)), limit: limit))
        }
        guard problems.isEmpty else { throw ConversionError.problems(problems) }
    }
}

extension Architecture.Stage {
    fileprivate var pixels: Double { Double(side) * Double(side) }
}
