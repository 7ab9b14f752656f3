import Checkpoint
import ModelFormat

extension Architecture {
    /// What the user adds to what a checkpoint says.
    public struct InferenceOptions: Equatable, Sendable {
        /// Height and width of the input, where the number of blocks does not tell.
        public var inputSize: Int?
        /// The data set that the network was trained on.
        public var dataset: Dataset?
        /// Whether learned groups that have dropped nothing yet are taken as they are, with C = 1.
        public var allowUnpruned: Bool

        /// Nothing stated, unless said otherwise.
        public init(inputSize: Int? = nil, dataset: Dataset? = nil, allowUnpruned: Bool = false) {
            self.inputSize = inputSize
            self.dataset = dataset
            self.allowUnpruned = allowUnpruned
        }
    }

    /// The architecture that a checkpoint's tensors imply, all of them checked: names, shapes, masks, indices, and that
    /// every number is finite and every variance not negative.
    ///
    /// - Returns: also a line for everything that was assumed rather than read.
    /// - Throws: `ConversionError.problems` with every problem there is, those of tensors up to a hundred,
    ///   `ConversionError.option` where the input's size does not follow, `CheckpointError` when the checkpoint's data cannot be read.
    public static func infer(
        from checkpoint: Checkpoint, options: InferenceOptions = InferenceOptions()
    ) throws -> (architecture: Architecture, warnings: [String]) {
        var inference = ArchitectureInference(checkpoint, options)
        return (try inference.run(), inference.warnings)
    }
}

/// Walks the layers in order, each one's inputs following from those before.
private struct ArchitectureInference {
    private var inspector: TensorInspector
    private let names: LayerNames
    private let options: Architecture.InferenceOptions
    private(set) var warnings: [String] = []

    init(_ checkpoint: Checkpoint, _ options: Architecture.InferenceOptions) {
        inspector = TensorInspector(checkpoint)
        names = LayerNames(checkpoint.names)
        self.options = options
    }

    mutating func run() throws -> Architecture {
        let tensors = inspector.checkpoint.names
        guard !names.layers.isEmpty else {
            if let prefix = Self.prefix(of: tensors) {
                let found = tensors.count { $0.hasPrefix(prefix) }
                throw ConversionError.problems([.prefixed(prefix: prefix, found: found, tensors: tensors.count)])
            }
            let examples = tensors.sorted().prefix(3)
            throw ConversionError.problems([.foreign(examples: Array(examples), tensors: tensors.count)])
        }
        names.gaps().forEach { inspector.report($0) }
        let stem = try inspector.shape("features.init_conv.weight", [nil, 3, 3, 3])?[0]
        var surveys: [StageSurvey] = []
        for number in names.layers.keys.sorted() {
            surveys.append(try survey(number, inputs: surveys.isEmpty ? stem : surveys.last!.outputs))
        }
        let features = surveys.last!.outputs
        try inspector.batchNorm("features.norm_last", channels: features)
        let (form, classifier) = try surveyClassifier(features)
        let usual = inspector.checkForms(surveys, classifier: form)
        let learned = resolveGroups(surveys, usual)
        inspector.reportUnexpected()
        guard inspector.problems.isEmpty else { throw ConversionError.problems(inspector.problems) }

        let geometry = try InputGeometry(
            blocks: surveys.count, inputSize: options.inputSize, dataset: options.dataset)
        let sides = geometry.sides(blocks: surveys.count)
        // Every shape was found and is as the others demand, or there would be a problem.
        let architecture = Architecture(
            form: form, inputSize: geometry.size,
            stem: Architecture.Stem(channels: stem!, stride: geometry.stemStride),
            stages: zip(surveys, sides).map { survey, side in
                Architecture.Stage(
                    number: survey.number, side: side, inputChannels: survey.inputs!, growth: survey.growth!,
                    layers: survey.layers.map {
                        Architecture.Layer(pointwise: pointwise($0.pointwise, learned), spatial: $0.spatial!)
                    },
                    transition: survey.transition.map { pointwise($0, learned) })
            },
            classifier: classifier!, condensationFactor: learned.factor)
        try architecture.checkLimits()
        return architecture
    }

    /// What stands before the name of the first convolution of a network that can be converted.
    private static func prefix(of tensors: [String]) -> String? {
        let first = ["features.init_conv", "features.0", "layer1.0.conv1", "model.0.0"]
        for tensor in tensors {
            if let name = first.first(where: { tensor.hasSuffix(".\($0).weight") }) {
                return String(tensor.dropLast("\(name).weight".count))
            }
        }
        return nil
    }

    private mutating func survey(_ number: Int, inputs: Int?) throws -> StageSurvey {
        let prefix = "features.denseblock_\(number)"
        let layers = names.layers[number]!.sorted()
        var stage = StageSurvey(number: number, inputs: inputs)
        stage.growth = mostFrequent(
            layers.compactMap { inspector.checkpoint["\(prefix).denselayer_\($0).conv_2.conv.weight"]?.shape.first }
                .filter { (1...FormatLimits.channels).contains($0) })
        for layer in layers {
            let name = "\(prefix).denselayer_\(layer)"
            let before = min(layer, FormatLimits.steps) - 1
            let visible = inputs.flatMap { inputs in stage.growth.map { inputs + before * $0 } }
            let pointwise = try inspector.surveyPointwise("\(name).conv_1", inputs: visible)
            let spatial = try inspector.surveySpatial("\(name).conv_2", inputs: pointwise.outputs)
            if let spatial, let growth = stage.growth, spatial.outputChannels != growth {
                inspector.report(
                    .disagreement(
                        layer: "\(name).conv_2", quantity: "growth", found: spatial.outputChannels, others: growth))
            }
            stage.layers.append((pointwise, spatial))
            stage.depth = before + 1
        }
        let isLast = number == names.layers.keys.max()
        if !isLast, !names.convolvedTransitions.isEmpty {
            stage.transition = try inspector.surveyPointwise(
                "features.transition_\(number).conv", inputs: stage.outputs)
        }
        return stage
    }

    private mutating func surveyClassifier(
        _ features: Int?
    ) throws -> (form: Architecture.Form, classifier: Architecture.Classifier?) {
        let isConverted = ["classifier.index", "classifier.linear.weight"].contains {
            inspector.checkpoint[$0] != nil
        }
        let form: Architecture.Form = isConverted ? .converted : .dense
        let prefix = isConverted ? "classifier.linear" : "classifier"
        let kept = isConverted ? try inspector.indices("classifier.index", below: features)?.count : nil
        let weight = try inspector.shape("\(prefix).weight", [nil, isConverted ? kept : features])
        try inspector.shape("\(prefix).bias", [weight?[0]])
        guard let features, let weight else { return (form, nil) }
        return (form, Architecture.Classifier(features: features, kept: kept, classes: weight[0]))
    }

    /// G and C; those of learned layers from their masks, those of condensed ones from their shapes.
    private mutating func resolveGroups(
        _ surveys: [StageSurvey], _ usual: Architecture.Pointwise.Kind
    ) -> (groups: Int, factor: Int) {
        let layers = surveys.flatMap(\.pointwise)
        let condensed = layers.filter { $0.condensationFactor != nil }
        if usual == .condensed, !condensed.isEmpty {
            let groups = mostFrequent(condensed.map { $0.groups! })!
            let factor = mostFrequent(condensed.map { $0.condensationFactor! })!
            for layer in condensed {
                if layer.groups! != groups {
                    inspector.report(
                        .disagreement(layer: layer.name, quantity: "groups", found: layer.groups!, others: groups))
                } else if layer.condensationFactor! != factor {
                    inspector.report(
                        .disagreement(
                            layer: layer.name, quantity: "condensation factor", found: layer.condensationFactor!,
                            others: factor))
                }
            }
            return (groups, factor)
        }
        let learned = LearnedGroups(layers.compactMap(\.mask), allowUnpruned: options.allowUnpruned)
        learned.problems.forEach { inspector.report($0) }
        if learned.lacksBuffers {
            warnings.append("no _stage and _count: the condensation factor follows from the masks alone")
        }
        return (learned.groups, learned.condensationFactor)
    }

    private func pointwise(_ survey: PointwiseSurvey, _ learned: (groups: Int, factor: Int)) -> Architecture.Pointwise {
        let inputs = survey.inputs!
        let gathered: Int? =
            switch survey.kind {
            case .plain: nil
            case .condensed: survey.gathered
            case .learned: learned.groups * learned.factor == 1 ? nil : inputs / learned.factor * learned.groups
            }
        return Architecture.Pointwise(
            name: survey.name, kind: survey.kind, inputChannels: inputs, gathered: gathered,
            outputChannels: survey.outputs!, groups: survey.kind == .learned ? learned.groups : survey.groups!)
    }
}
