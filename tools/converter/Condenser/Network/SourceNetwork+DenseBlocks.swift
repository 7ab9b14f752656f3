import ModelFormat

extension SourceNetwork {
    /// The layers of a network of dense blocks, as its training code has them.
    ///
    /// Each dense block is one value that its layers extend. A layer's name is that of its tensors.
    public init(_ architecture: Architecture) {
        self.init(
            family: architecture.family, name: architecture.name, inputSize: architecture.inputSize)
        imageChannels = architecture.stem.imageChannels
        countsBiases = architecture.head == nil
        for (position, stage) in architecture.stages.enumerated() {
            let block = "denseblock_\(stage.number)"
            if position == 0 {
                addStem(architecture.stem, to: block)
            } else {
                addTransition(from: architecture.stages[position - 1], to: block)
            }
            for layer in stage.layers {
                add(
                    layer.pointwise.name, .convolution(layer.pointwise.convolution(after: stage.activation)),
                    input: block)
                let spatial = layer.spatial
                let squeezed = layer.squeezeExcite.map { ("\(spatial.layer).se", $0) }
                add(
                    spatial.name,
                    .convolution(
                        SourceConvolution(
                            weight: "\(spatial.name).conv.weight", outputs: spatial.outputChannels, kernel: 3,
                            padding: 1, groups: spatial.groups
                        ).after(norm: "\(spatial.name).norm", stage.activation)),
                    output: squeezed == nil ? block : nil)
                if let (name, hidden) = squeezed { addSqueezeExcite(name, hidden: hidden, output: block) }
                if let reactivation = layer.reactivation {
                    add(
                        reactivation.name, .accumulation(reactivation.accumulation(after: stage.activation)),
                        input: block, output: block)
                }
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
                pointwise.name, .convolution(pointwise.convolution(after: .relu)), input: pooled,
                output: "transition_\(stage.number)"
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
        if let head = architecture.head {
            addSqueezeExcite("features.se_last", hidden: head.squeezeExcite)
            add("fc", .linear(SourceLinear("fc", outputs: head.features, activation: .hardSwish)))
        }
        add(
            "classifier",
            .linear(SourceLinear(classifier.tensors, index: classifier.index, outputs: classifier.classes)),
            output: "logits")
    }
}

extension SourceNetwork {
    private mutating func addSqueezeExcite(_ name: String, hidden: Int, output: String? = nil) {
        let layer = SourceSqueezeExcite(
            squeeze: "\(name).fc.0.weight", excite: "\(name).fc.2.weight", hidden: hidden)
        add(name, .squeezeExcite(layer), output: output)
    }
}

extension Architecture.Reactivation {
    /// The layer with its batch norm and activation.
    fileprivate func accumulation(after activation: Activation) -> SourceAccumulation {
        SourceAccumulation(
            weight: "\(name).conv.weight", preNorm: "\(name).norm", preActivation: activation, kind: kind,
            mask: kind == .learned ? "\(name)._mask" : nil, index: kind == .condensed ? "\(name).index" : nil,
            inputs: inputChannels, groups: groups, sums: sums)
    }
}

extension Architecture.Spatial {
    /// `features.denseblock_S.denselayer_L`.
    fileprivate var layer: Substring { name.dropLast(".conv_2".count) }
}

extension Architecture.Pointwise {
    /// The layer with its batch norm and activation.
    func convolution(after activation: Activation) -> SourceConvolution {
        var result = SourceConvolution(
            weight: "\(name).conv.weight", outputs: outputChannels, kernel: 1, groups: groups
        ).after(norm: "\(name).norm", activation)
        result.kind = kind
        result.mask = kind == .learned && hasMask ? "\(name)._mask" : nil
        result.index = kind == .condensed ? "\(name).index" : nil
        result.gathered = gathered
        return result
    }
}
