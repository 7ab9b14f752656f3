import ModelFormat

extension SourceNetwork {
    /// The layers of a network of dense blocks, as its training code has them.
    ///
    /// Each dense block is one value that its layers extend. A layer's name is that of its tensors.
    public init(_ architecture: Architecture) {
        self.init(
            family: architecture.family, name: architecture.name, inputSize: architecture.inputSize)
        imageChannels = architecture.stem.imageChannels
        for (position, stage) in architecture.stages.enumerated() {
            let block = "denseblock_\(stage.number)"
            if position == 0 {
                addStem(architecture.stem, to: block)
            } else {
                addTransition(from: architecture.stages[position - 1], to: block)
            }
            for layer in stage.layers {
                add(layer.pointwise.name, .convolution(layer.pointwise.convolution), input: block)
                let spatial = layer.spatial
                add(
                    spatial.name,
                    .convolution(
                        SourceConvolution(
                            weight: "\(spatial.name).conv.weight", outputs: spatial.outputChannels, kernel: 3,
                            padding: 1, groups: spatial.groups
                        ).after(norm: "\(spatial.name).norm", .relu)),
                    output: block)
            }
        }
        addClassifier(architecture)
    }

    private mutating func addStem(_ stem: Architecture.Stem, to block: String) {
        let name = "features.init_conv"
        let convolution = SourceConvolution(
            weight: "\(name).weight", outputs: stem.channels, kernel: stem.kernel, stride: stem.stride,
            padding: stem.kernel / 2)
        guard stem.isPooled else { return add(name, .convolution(convolution), output: block) }
        add(name, .convolution(convolution.then(norm: "features.init_norm", .relu)))
        add("features.init_pool", .pooling(SourcePooling(.maximum, window: 3, stride: 2, padding: 1)), output: block)
    }

    private mutating func addTransition(from stage: Architecture.Stage, to block: String) {
        let transition = "features.transition_\(stage.number)"
        var pooled = "denseblock_\(stage.number)"
        if let pointwise = stage.transition {
            add(
                pointwise.name, .convolution(pointwise.convolution), input: pooled, output: "transition_\(stage.number)"
            )
            pooled = "transition_\(stage.number)"
        }
        add(
            "\(transition).pool", .pooling(SourcePooling(.average, window: 2, stride: 2)), input: pooled, output: block)
    }

    private mutating func addClassifier(_ architecture: Architecture) {
        var pooling = SourcePooling(.average, window: architecture.pooling.window)
        if let window = architecture.pooling.window { pooling.stride = architecture.pooling.stride ?? window }
        (pooling.preNorm, pooling.preActivation) = ("features.norm_last", .relu)
        let last = "denseblock_\(architecture.stages.last!.number)"
        add("features.pool_last", .pooling(pooling), input: last, output: "pool_last")
        let classifier = architecture.classifier
        add(
            "classifier",
            .linear(SourceLinear(classifier.tensors, index: classifier.index, outputs: classifier.classes)),
            output: "logits")
    }
}

extension Architecture.Pointwise {
    /// The layer with its batch norm and ReLU.
    var convolution: SourceConvolution {
        var result = SourceConvolution(
            weight: "\(name).conv.weight", outputs: outputChannels, kernel: 1, groups: groups
        ).after(norm: "\(name).norm", .relu)
        result.kind = kind
        result.mask = kind == .learned && hasMask ? "\(name)._mask" : nil
        result.index = kind == .condensed ? "\(name).index" : nil
        result.gathered = gathered
        return result
    }
}
