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
        /// The stride of the first convolution, where it is not to be guessed.
        public var stemStride: Int?
        /// What the last pooling takes; `nil` for the original's window.
        public var pooling: PoolingChoice?
        /// The block, counted from 1, from which a CondenseNetV2 has hard swish; `nil` for what its checkpoint says, or the
        /// published rule.
        public var hardSwishFrom: Int?
        /// Bytes of the file, which bound what the network may cost.
        public var fileBytes: Int?

        /// Nothing stated, unless said otherwise.
        public init(
            inputSize: Int? = nil, dataset: Dataset? = nil, allowUnpruned: Bool = false, stemStride: Int? = nil,
            pooling: PoolingChoice? = nil, hardSwishFrom: Int? = nil
        ) {
            self.inputSize = inputSize
            self.dataset = dataset
            self.allowUnpruned = allowUnpruned
            self.stemStride = stemStride
            self.pooling = pooling
            self.hardSwishFrom = hardSwishFrom
        }
    }

    /// What the pooling before the classifier takes.
    public enum PoolingChoice: String, CaseIterable, Sendable {
        /// The window of the original code.
        case window
        /// The whole plane.
        case global
    }

    /// The architecture that the tensors of a network of dense blocks imply, all of them checked: names, shapes, masks,
    /// indices, and that every number is finite and every variance not negative.
    ///
    /// - Returns: also a line for everything that was assumed rather than read.
    /// - Throws: `ConversionError.problems` with every problem there is, those of tensors up to a hundred,
    ///   `ConversionError.option` where the input's size does not follow, `CheckpointError` when the checkpoint's data cannot be read.
    public static func infer(
        from checkpoint: Checkpoint, options: InferenceOptions = InferenceOptions()
    ) throws -> (architecture: Architecture, warnings: [String]) {
        let inference = try CheckpointLayout.infer(from: checkpoint, options: options).inference
        guard let architecture = inference.architecture else {
            throw ConversionError.problems([CheckpointLayout.foreign(checkpoint.names)])
        }
        return (architecture, inference.warnings)
    }
}

extension SourceInference {
    /// A network of dense blocks under the authors' names.
    init(_ checkpoint: Checkpoint, _ options: Architecture.InferenceOptions, _ traits: DenseBlockTraits) throws {
        var inference = ArchitectureInference(checkpoint, options, traits)
        let architecture = try inference.run()
        self.init(
            network: SourceNetwork(architecture), architecture: architecture, warnings: inference.warnings,
            remarks: inference.remarks, dataset: traits.dataset,
            classifierKeep: inference.hasUsualClassifier
                ? traits.classifierKeep ?? SourceWeights.usualClassifierKeep : 1)
    }
}

/// Walks the layers in order, each one's inputs following from those before.
private struct ArchitectureInference {
    private var inspector: TensorInspector
    private let names: LayerNames
    private let options: Architecture.InferenceOptions
    private let traits: DenseBlockTraits
    private(set) var warnings: [String] = []
    private(set) var remarks: [String] = []
    /// Whether the classifier is the one that training by the original code leaves, over all features.
    private(set) var hasUsualClassifier = false

    init(_ checkpoint: Checkpoint, _ options: Architecture.InferenceOptions, _ traits: DenseBlockTraits) {
        inspector = TensorInspector(checkpoint)
        names = LayerNames(checkpoint.names)
        self.options = options
        self.traits = traits
    }

    mutating func run() throws -> Architecture {
        guard !names.layers.isEmpty else {
            throw ConversionError.problems([CheckpointLayout.foreign(inspector.checkpoint.names)])
        }
        names.gaps().forEach { inspector.report($0) }
        let (stem, imageChannels) = try surveyStem()
        var surveys: [StageSurvey] = []
        for number in names.layers.keys.sorted() {
            surveys.append(try survey(number, inputs: surveys.isEmpty ? stem : surveys.last!.outputs))
        }
        let features = surveys.last!.outputs
        try inspector.batchNorm("features.norm_last", channels: features)
        let (form, classifier, head) =
            traits.isReactivated ? try surveyHead(features, surveys) : try surveyClassifier(features, surveys)
        if !traits.isReactivated { findLostMasks(&surveys) }
        let usual = inspector.checkForms(surveys, classifier: form)
        let factors = resolveGroups(&surveys, usual)
        inspector.resolveReactivations(&surveys, usual, allowUnpruned: options.allowUnpruned)
        inspector.reportUnexpected()
        guard inspector.problems.isEmpty else { throw ConversionError.problems(inspector.problems) }

        let geometry = try InputGeometry(
            blocks: surveys.count, classes: classifier!.classes, options, traits)
        warnings += geometry.warnings
        // Every shape was found and is as the others demand, or there would be a problem.
        var architecture = Architecture(
            form: form, inputSize: geometry.size,
            stem: Architecture.Stem(
                channels: stem!, stride: geometry.stemStride, kernel: traits.isPooledStem ? 7 : 3,
                isPooled: traits.isPooledStem, imageChannels: imageChannels),
            stages: [], head: head, classifier: classifier!, condensationFactor: mostFrequent(factors)!)
        let sides = try geometry.sides(blocks: surveys.count, stem: architecture.stem)
        architecture.stages = zip(zip(surveys, sides), factors).map { survey, factor in
            let (survey, side) = survey
            return Architecture.Stage(
                number: survey.number, side: side, inputChannels: survey.inputs!, growth: survey.growth!,
                layers: survey.layers.map {
                    Architecture.Layer(
                        pointwise: pointwise($0.pointwise, factor), spatial: $0.spatial!,
                        squeezeExcite: $0.squeezeExcite, reactivation: $0.reactivation.map(reactivation))
                },
                transition: survey.transition.map { pointwise($0, factor) },
                activation: traits.isReactivated && survey.number >= traits.hardSwishFrom ? .hardSwish : .relu)
        }
        architecture.pooling = try resolvePooling(side: sides.last!, stride: geometry.stemStride)
        try architecture.checkLimits(fileBytes: options.fileBytes)
        return architecture
    }

    /// The first convolution's outputs, and the planes of the image that it reads.
    private mutating func surveyStem() throws -> (outputs: Int?, imageChannels: Int) {
        let name = "features.init_conv.weight"
        let kernel = traits.isPooledStem ? 7 : 3
        let planes = inspector.checkpoint[name].flatMap { $0.shape.count == 4 ? $0.shape[1] : nil } ?? 3
        if planes == 1 {
            warnings.append(
                "the first convolution reads grey images: it is given the first plane of an image, which is as good as "
                    + "any where the image is grey")
        } else if planes == 2 || planes == 4 {
            throw ConversionError.problems([.imageChannels(tensor: name, found: planes)])
        }
        let outputs = try inspector.shape(name, [nil, planes == 1 ? 1 : 3, kernel, kernel])?[0]
        if traits.isPooledStem { try inspector.batchNorm("features.init_norm", channels: outputs) }
        return (outputs, planes == 1 ? 1 : 3)
    }

    /// What the last pooling takes of planes of `side`×`side`.
    private mutating func resolvePooling(side: Int, stride stemStride: Int) throws -> Architecture.FinalPooling {
        guard !traits.isPooledStem else { return Architecture.FinalPooling() }
        let window = traits.window ?? (stemStride == 1 ? 8 : 7)
        let stride = traits.windowStride ?? window
        guard window != side else { return Architecture.FinalPooling() }
        let windows = side < window ? 0 : (side - window) / stride + 1
        if options.pooling == .global {
            let original =
                windows == 1
                ? "sees the upper left \(window)×\(window) alone" : "cannot run, its window being \(window)×\(window)"
            warnings.append(
                "--pooling global: the last pooling takes planes of \(side)×\(side) whole, where \(traits.name) code "
                    + original)
            return Architecture.FinalPooling()
        }
        guard windows == 1 else {
            throw ConversionError.option(
                "--input-size: \(traits.name) code cannot run at this size: the last planes are \(side)×\(side), and its "
                    + "pooling window of \(window)×\(window) fits \(windows == 0 ? "nowhere" : "\(windows)×\(windows) times")"
                    + " (--pooling global takes whole planes)")
        }
        warnings.append(
            "the last pooling takes the upper left \(window)×\(window) of planes of \(side)×\(side), as \(traits.name) code "
                + "does (--pooling global takes them whole)")
        return Architecture.FinalPooling(window: window, stride: traits.windowStride)
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
            var survey = DenseLayerSurvey(pointwise: pointwise, spatial: spatial)
            if traits.isReactivated {
                if inspector.checkpoint["\(name).se.fc.0.weight"] != nil {
                    survey.squeezeExcite = try inspector.surveySqueezeExcite("\(name).se", channels: stage.growth)
                }
                survey.reactivation = try inspector.surveyReactivation(
                    "\(name).sfr", inputs: stage.growth, outputs: visible)
            }
            stage.layers.append(survey)
            stage.depth = before + 1
        }
        let isLast = number == names.layers.keys.max()
        if !isLast, !names.convolvedTransitions.isEmpty {
            stage.transition = try inspector.surveyPointwise(
                "features.transition_\(number).conv", inputs: stage.outputs)
        }
        return stage
    }

    /// The one linear layer behind the dense blocks, by whatever usual name.
    private mutating func surveyClassifier(
        _ features: Int?, _ surveys: [StageSurvey]
    ) throws -> (form: Architecture.Form, classifier: Architecture.Classifier?, head: Architecture.Head?) {
        let isConverted = ["classifier.index", "classifier.linear.weight"].contains {
            inspector.checkpoint[$0] != nil
        }
        let kinds = surveys.flatMap(\.pointwise).map(\.kind)
        let isFineTuned = !isConverted && kinds.contains(.condensed) && !kinds.contains(.learned)
        let form: Architecture.Form = isConverted || isFineTuned ? .converted : .dense
        var prefix = isConverted ? "classifier.linear" : "classifier"
        if !isConverted {
            let heads = Self.heads(inspector.checkpoint)
            if heads.count > 1 {
                inspector.report(.severalClassifiers(heads))
                heads.forEach { inspector.expect(["\($0).weight", "\($0).bias"]) }
                return (form, nil, nil)
            }
            if let head = heads.first, inspector.checkpoint["classifier.weight"] == nil { prefix = head }
            if heads.isEmpty, isFineTuned {
                inspector.report(.noClassifier)
                return (form, nil, nil)
            }
        }
        hasUsualClassifier = form == .dense && prefix == "classifier"
        let kept = isConverted ? try surveyClassifierIndex(features) : nil
        let weight = try inspector.shape("\(prefix).weight", [nil, isConverted ? kept : features])
        try inspector.shape("\(prefix).bias", [weight?[0]])
        guard let features, let weight else { return (form, nil, nil) }
        return (
            form,
            Architecture.Classifier(
                features: features, kept: kept, classes: weight[0], tensors: prefix,
                index: isConverted ? "classifier.index" : nil), nil
        )
    }

    /// CondenseNetV2's squeeze-excite, hidden layer and classifier, which are the same in both forms.
    private mutating func surveyHead(
        _ features: Int?, _ surveys: [StageSurvey]
    ) throws -> (form: Architecture.Form, classifier: Architecture.Classifier?, head: Architecture.Head?) {
        let isConverted = surveys.flatMap(\.pointwise).contains { $0.kind == .condensed }
        let form: Architecture.Form = isConverted ? .converted : .dense
        let squeezed = try inspector.surveySqueezeExcite("features.se_last", channels: features)
        let hidden = try inspector.shape("fc.weight", [nil, features])?[0]
        try inspector.shape("fc.bias", [hidden])
        let classes = try inspector.shape("classifier.weight", [nil, hidden])?[0]
        try inspector.shape("classifier.bias", [classes])
        guard let squeezed, let hidden, let classes else { return (form, nil, nil) }
        return (
            form, Architecture.Classifier(features: hidden, kept: nil, classes: classes),
            Architecture.Head(squeezeExcite: squeezed, features: hidden)
        )
    }

    /// How many features a converted classifier reads.
    private mutating func surveyClassifierIndex(_ features: Int?) throws -> Int? {
        guard let index = try inspector.indices("classifier.index", below: features) else { return nil }
        inspector.checkRepeats(index, in: "classifier.index", share: index.count)
        return index.count
    }

    /// The linear layers outside the dense blocks: what has a weight of two dimensions.
    private static func heads(_ checkpoint: Checkpoint) -> [String] {
        checkpoint.names.filter { name in
            name.hasSuffix(".weight") && !name.hasPrefix("features.") && checkpoint[name]!.shape.count == 2
        }.map { String($0.dropLast(".weight".count)) }.sorted()
    }

    /// Takes masks from the weights where training code has kept none: dropped inputs are then zero for a whole group.
    private mutating func findLostMasks(_ surveys: inout [StageSurvey]) {
        let layers = surveys.flatMap(\.layers).map(\.pointwise)
        guard layers.allSatisfy({ $0.kind == .plain && $0.groups == 1 && $0.outputs != nil && $0.inputs != nil }),
            let masks = try? layers.map({ try inspector.maskOfWeights($0) })
        else { return }
        let learned = LearnedGroups(masks, allowUnpruned: false)
        guard learned.problems.isEmpty, learned.condensationFactor > 1 else { return }
        var remaining = masks[...]
        for stage in surveys.indices {
            for layer in surveys[stage].layers.indices {
                surveys[stage].layers[layer].pointwise.kind = .learned
                surveys[stage].layers[layer].pointwise.mask = remaining.removeFirst()
                surveys[stage].layers[layer].pointwise.hasMask = false
            }
        }
        warnings.append("no _mask: what was condensed is taken from the weights that are zero")
    }

    /// C of each block; the groups of learned layers are set in `surveys`. Both follow from all masks together or, where
    /// these disagree, from those of each block; for condensed layers from the shapes.
    private mutating func resolveGroups(
        _ surveys: inout [StageSurvey], _ usual: Architecture.Pointwise.Kind
    ) -> [Int] {
        let layers = surveys.flatMap(\.pointwise)
        if usual == .condensed, layers.contains(where: { $0.condensationFactor != nil }) {
            return surveys.map { resolveCondensed($0) }
        }
        let whole = LearnedGroups(layers.compactMap(\.mask), allowUnpruned: options.allowUnpruned)
        if whole.lacksBuffers, layers.contains(where: { $0.kind == .learned && $0.hasMask }) {
            warnings.append("no _stage and _count: the condensation factor follows from the masks alone")
        }
        let blocks = surveys.map {
            LearnedGroups($0.pointwise.compactMap(\.mask), allowUnpruned: options.allowUnpruned)
        }
        let isPerBlock = !whole.problems.isEmpty && blocks.allSatisfy(\.problems.isEmpty)
        if !isPerBlock { whole.problems.forEach { inspector.report($0) } }
        for (stage, block) in zip(surveys.indices, blocks) {
            surveys[stage].setGroups((isPerBlock ? block : whole).groups)
        }
        return blocks.map { (isPerBlock ? $0 : whole).condensationFactor }
    }

    /// C of a block of condensed layers, which have to agree on it and on G.
    private mutating func resolveCondensed(_ stage: StageSurvey) -> Int {
        let condensed = stage.pointwise.filter { $0.condensationFactor != nil }
        guard let groups = mostFrequent(condensed.map { $0.groups! }),
            let factor = mostFrequent(condensed.map { $0.condensationFactor! })
        else { return 1 }
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
        return factor
    }

    private func reactivation(_ survey: PointwiseSurvey) -> Architecture.Reactivation {
        Architecture.Reactivation(
            name: survey.name, kind: survey.kind, inputChannels: survey.inputs!, groups: survey.groups!,
            sums: survey.sums!)
    }

    private func pointwise(_ survey: PointwiseSurvey, _ factor: Int) -> Architecture.Pointwise {
        let (inputs, groups) = (survey.inputs!, survey.groups!)
        let gathered: Int? =
            switch survey.kind {
            case .plain: nil
            case .condensed: survey.gathered
            case .learned: groups * factor == 1 ? nil : inputs / factor * groups
            }
        return Architecture.Pointwise(
            name: survey.name, kind: survey.kind, inputChannels: inputs, gathered: gathered,
            outputChannels: survey.outputs!, groups: groups, hasMask: survey.hasMask)
    }
}
