import ModelFormat

extension Architecture {
    /// Bytes that the evaluation of one dense block, or of one step of a comparison network, may take: three times those
    /// of VGG-16.
    static let evaluationBytes = 1 << 30
    /// Multiply-accumulates that the evaluation of one image may take: a tenth more than VGG-19's, the most of the
    /// networks that are converted.
    static let evaluationWork = 5 << 32

    /// Refuses a network that a model file could not hold, or whose evaluation would exhaust the memory, before anything
    /// is computed from its numbers.
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
        if denseWork > Double(Self.evaluationWork) {
            problems.append(
                .limit(
                    what: "multiply-accumulates of the dense network at \(inputSize)×\(inputSize)",
                    found: Int(min(denseWork, 1e18)), limit: Self.evaluationWork))
        }
        for stage in stages where stage.evaluationBytes > Double(Self.evaluationBytes) {
            problems.append(
                .limit(
                    what: "bytes to evaluate features.denseblock_\(stage.number) at \(stage.side)×\(stage.side)",
                    found: Int(min(stage.evaluationBytes, 1e18)), limit: Self.evaluationBytes))
        }
        guard problems.isEmpty else { throw ConversionError.problems(problems) }
    }

    /// Multiply-accumulates of one image with every weight that training has; in floating point, where no product can
    /// overflow.
    var denseWork: Double {
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
        return work + Double(classifier.features) * Double(classifier.classes)
    }
}

extension Architecture.Stage {
    fileprivate var pixels: Double { Double(side) * Double(side) }

    /// In double precision: the block twice, a layer's middle twice, the patches that a 3×3 convolution sees, and the
    /// image that a first stride of 2 has reduced to a quarter.
    fileprivate var evaluationBytes: Double {
        let middle = layers.map { layer in
            let inputs = layer.spatial.inputChannels
            return 2 * inputs + 9 * inputs / layer.spatial.groups
        }
        let planes = 2 * blockChannels + (middle.max() ?? 0) + 4 * 3 + 27
        return 8 * pixels * Double(planes)
    }
}
