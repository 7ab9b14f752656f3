import ModelFormat

extension Graph {
    /// The condensed network of an architecture: what conversion writes, and what an architecture file describes.
    ///
    /// Each dense block is one value that its layers extend in place. Batch norms are folded: the one before a 1×1
    /// convolution is the step's scale and shift, the one before a 3×3 is in the weights and bias of the 1×1 before it.
    /// Step names are the layers' names in the checkpoint.
    ///
    /// - Precondition: every number of `architecture` follows from its others, as `Architecture.infer` and
    ///   `Architecture.init(_:)` see to.
    public init(_ architecture: Architecture) {
        var builder = GraphBuilder(architecture)
        self = builder.build()
    }
}

private struct GraphBuilder {
    private let architecture: Architecture
    private var values: [Value] = []
    private var steps: [Step] = []

    init(_ architecture: Architecture) { self.architecture = architecture }

    mutating func build() -> Graph {
        let size = architecture.inputSize
        values.append(Value("image", PlaneShape(channels: 3, height: size, width: size)))
        for (position, stage) in architecture.stages.enumerated() {
            let block = "denseblock_\(stage.number)"
            values.append(Value(block, stage.shape(channels: stage.blockChannels)))
            if position == 0 {
                addStem(stage)
            } else {
                addTransition(from: architecture.stages[position - 1], to: block)
            }
            var channels = stage.inputChannels
            for layer in stage.layers {
                add(layer, stage, block, channels)
                channels += stage.growth
            }
        }
        addClassifier()
        return Graph(values: values, steps: steps, input: "image", output: "logits")
    }

    private mutating func addStem(_ stage: Architecture.Stage) {
        let stem = architecture.stem
        steps.append(
            Step(
                name: "features.init_conv",
                operation: Convolution(outputChannels: stem.channels, kernel: 3, stride: stem.stride, padding: 1),
                input: "image", inputChannels: 3, output: "denseblock_\(stage.number)",
                source: .convolution(weights: 27 * stem.channels, pixels: stage.side * stage.side)))
    }

    private mutating func add(
        _ layer: Architecture.Layer, _ stage: Architecture.Stage, _ block: String, _ channels: Int
    ) {
        let (pointwise, spatial) = (layer.pointwise, layer.spatial)
        values.append(Value(pointwise.name, stage.shape(channels: pointwise.outputChannels)))
        addPointwise(pointwise, stage, from: block, to: pointwise.name, rectified: true)
        steps.append(
            Step(
                name: spatial.name,
                operation: Convolution(
                    outputChannels: spatial.outputChannels, kernel: 3, padding: 1, groups: spatial.groups),
                input: pointwise.name, inputChannels: spatial.inputChannels, output: block, outputOffset: channels,
                source: .normalized(spatial.inputChannels, pixels: stage.side * stage.side)
                    + .convolution(weights: spatial.weights, pixels: stage.side * stage.side)))
    }

    /// - Parameter rectified: whether a batch norm and a ReLU follow, folded into the step.
    private mutating func addPointwise(
        _ layer: Architecture.Pointwise, _ stage: Architecture.Stage, from input: String, to output: String,
        rectified: Bool
    ) {
        let pixels = stage.side * stage.side
        steps.append(
            Step(
                name: layer.name,
                operation: Convolution(
                    preActivation: PreActivation(gather: layer.gathered, normalize: true, activation: .relu),
                    outputChannels: layer.outputChannels, kernel: 1, groups: layer.groups, bias: rectified,
                    activation: rectified ? .relu : .none, shuffle: layer.isShuffled),
                input: input, inputChannels: layer.inputChannels, output: output,
                source: .normalized(layer.operandChannels, pixels: pixels)
                    + .convolution(weights: layer.weights, pixels: pixels)))
    }

    private mutating func addTransition(from stage: Architecture.Stage, to block: String) {
        var pooled = "denseblock_\(stage.number)"
        if let convolution = stage.transition {
            let output = "transition_\(stage.number)"
            values.append(Value(output, stage.shape(channels: convolution.outputChannels)))
            addPointwise(convolution, stage, from: pooled, to: output, rectified: false)
            pooled = output
        }
        let side = stage.side / 2
        steps.append(
            Step(
                name: "features.transition_\(stage.number).pool",
                operation: Pooling(kind: .average, kernel: 2, stride: 2),
                input: pooled, inputChannels: stage.outputChannels, output: block,
                source: .averagePooling(outputs: stage.outputChannels * side * side, window: 4)))
    }

    private mutating func addClassifier() {
        let last = architecture.stages.last!
        let classifier = architecture.classifier
        values.append(Value("pool_last", PlaneShape(channels: classifier.inputs, height: 1, width: 1)))
        values.append(Value("logits", PlaneShape(channels: classifier.classes, height: 1, width: 1)))
        steps.append(
            Step(
                name: "features.pool_last",
                operation: GlobalAveragePooling(
                    preActivation: PreActivation(gather: classifier.kept, normalize: true, activation: .relu)),
                input: "denseblock_\(last.number)", inputChannels: classifier.features, output: "pool_last",
                source: .normalized(classifier.features, pixels: last.side * last.side)
                    + .averagePooling(outputs: classifier.features, window: last.side * last.side)))
        steps.append(
            Step(
                name: "classifier", operation: Linear(outputs: classifier.classes), input: "pool_last",
                inputChannels: classifier.inputs, output: "logits",
                source: .linear(inputs: classifier.inputs, outputs: classifier.classes)))
    }
}

extension Architecture.Stage {
    fileprivate func shape(channels: Int) -> PlaneShape { PlaneShape(channels: channels, height: side, width: side) }
}

extension Architecture.Pointwise {
    /// Whether the condensed convolution's outputs have to be put back into the order that the next layer expects.
    var isShuffled: Bool { kind != .plain && groups > 1 }

    /// Weights of the condensed convolution.
    var weights: Int { operandChannels / groups * outputChannels }
}

extension Architecture.Spatial {
    /// Weights of the convolution.
    var weights: Int { inputChannels / groups * outputChannels * 9 }
}
