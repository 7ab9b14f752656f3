import ModelFormat

/// A network of the family in its designer's words, from which its architecture follows without a checkpoint.
public struct NetworkSpecification: Equatable, Sendable {
    /// The networks that the original code can train.
    public enum Family: String, CaseIterable, Sendable {
        /// Learned groups, growth that doubles, pooling alone between the blocks.
        case condensenet
        /// Version 2: layers add to the channels before them, squeeze-excite, hard swish and a hidden layer.
        case condenseNetV2 = "condensenet-v2"
        /// Learned groups, in the transitions too.
        case denseNetWithLearnedGroups = "densenet-lgc"
        /// Ordinary grouped convolutions.
        case densenet
    }

    /// The family of the network.
    public var family = Family.condensenet
    /// Layers of each dense block.
    public var stages: [Int]
    /// k of each dense block.
    public var growth: [Int]
    /// Outputs of a 1×1 convolution, for each channel that its layer adds.
    public var bottleneck = 4
    /// G, groups of the 1×1 convolutions.
    public var groups = 4
    /// C; as many as G where it is not given. Of no meaning for plain DenseNets.
    public var condensationFactor: Int?
    /// Groups of the 3×3 convolutions; as many as G where it is not given.
    public var spatialGroups: Int?
    /// The data set, which gives input size and first stride.
    public var dataset: Dataset?
    /// Height and width of the input, where the data set's do not apply.
    public var inputSize: Int?
    /// The stride of the first convolution, where it does not follow from the input.
    public var stemStride: Int?
    /// Classes, where they are not the data set's.
    public var classes: Int?
    /// The part of its features that the classifier keeps; version 2's keeps all.
    public var classifierKeep = SourceWeights.usualClassifierKeep
    /// Version 2: outputs of the layer before the classifier.
    public var hidden = 1024
    /// Version 2: the first block with hard swish, counted from 1.
    public var hardSwishFrom = Architecture.publishedHardSwish
    /// Version 2: the first block whose layers have squeeze-excite, counted from 1.
    public var squeezeExciteFrom = Architecture.publishedSqueezeExcite

    /// A CondenseNet with the authors' settings.
    public init(stages: [Int], growth: [Int]) {
        self.stages = stages
        self.growth = growth
    }
}

extension Architecture {
    /// The architecture that training, condensing and converting a network of this design would give.
    ///
    /// - Throws: `ConversionError.option` for numbers that make no such network, `ConversionError.problems` for one
    ///   beyond the limits of a model file.
    public init(_ design: NetworkSpecification) throws {
        try design.check()
        let blocks = design.stages.count
        let options = InferenceOptions(
            inputSize: design.inputSize, dataset: design.dataset, stemStride: design.stemStride)
        let geometry = try InputGeometry(blocks: blocks, classes: design.classes ?? 10, options)
        let dataset = design.dataset ?? (geometry.stemStride == 1 ? .cifar10 : .imagenet)
        var channels = 2 * design.growth[0]
        stem = Stem(channels: channels, stride: geometry.stemStride)
        stages = []
        for (position, side) in try geometry.sides(blocks: blocks).enumerated() {
            let stage = try design.stage(position, side: side, inputs: channels)
            channels = stage.outputChannels
            stages.append(stage)
        }
        form = .dense
        inputSize = geometry.size
        condensationFactor = design.factor
        let classes = design.classes ?? dataset.classes
        if design.family == .condenseNetV2 {
            guard channels >= 16 else {
                throw ConversionError.option("--growth: \(channels) features are too few to squeeze to a sixteenth")
            }
            head = Head(squeezeExcite: channels / 16, features: design.hidden)
            classifier = Classifier(features: design.hidden, kept: nil, classes: classes)
            try checkLimits()
            return
        }
        let kept = Int(Double(channels) * design.classifierKeep)
        guard kept > 0 else {
            throw ConversionError.option("--classifier-keep: \(design.classifierKeep) of \(channels) features is none")
        }
        classifier = Classifier(features: channels, kept: kept == channels ? nil : kept, classes: classes)
        try checkLimits()
    }
}

extension NetworkSpecification {
    fileprivate var factor: Int { family == .densenet ? 1 : condensationFactor ?? groups }

    fileprivate func check() throws {
        func require(_ condition: Bool, _ text: @autoclosure () -> String) throws {
            guard condition else { throw ConversionError.option(text()) }
        }
        let range = 1...FormatLimits.channels
        try require(!stages.isEmpty && stages.count == growth.count, "--stages and --growth: as many numbers in both")
        try require(
            stages.allSatisfy { (1...FormatLimits.steps).contains($0) },
            "--stages: 1 to \(FormatLimits.steps) layers each")
        try require(growth.allSatisfy(range.contains), "--growth: 1 to \(range.upperBound) each")
        for (name, number) in [
            ("--bottleneck", bottleneck), ("--groups", groups), ("--condensation", factor),
            ("--groups-3x3", spatialGroups ?? groups), ("--classes", classes ?? 1), ("--hidden", hidden),
            ("--hard-swish-from", hardSwishFrom), ("--squeeze-excite-from", squeezeExciteFrom),
        ] {
            try require(range.contains(number), "\(name): 1 to \(range.upperBound), found \(number)")
        }
        try require(
            classifierKeep > 0 && classifierKeep <= 1,
            "--classifier-keep: expected a number over 0 and at most 1, found \(classifierKeep)")
    }

    /// - Parameter position: of the stage, counted from 0.
    fileprivate func stage(_ position: Int, side: Int, inputs: Int) throws -> Architecture.Stage {
        let number = position + 1
        let growth = growth[position]
        let middle = bottleneck * growth
        let (option, spatialGroups) = spatialGroups.map { ("--groups-3x3", $0) } ?? ("--groups", groups)
        var stage = Architecture.Stage(
            number: number, side: side, inputChannels: inputs, growth: growth, layers: [], transition: nil)
        for layer in 1...stages[position] {
            let name = "features.denseblock_\(number).denselayer_\(layer)"
            let pointwise = try pointwise("\(name).conv_1", inputs: stage.blockChannels, outputs: middle)
            guard middle.isMultiple(of: spatialGroups), growth.isMultiple(of: spatialGroups) else {
                throw ConversionError.option(
                    "\(option): \(spatialGroups) groups do not divide \(middle) inputs and \(growth) outputs "
                        + "of \(name).conv_2")
            }
            let spatial = Architecture.Spatial(
                name: "\(name).conv_2", inputChannels: middle, outputChannels: growth, groups: spatialGroups)
            stage.layers.append(Architecture.Layer(pointwise: pointwise, spatial: spatial))
            guard family == .condenseNetV2 else { continue }
            guard growth.isMultiple(of: groups), pointwise.inputChannels.isMultiple(of: groups) else {
                throw ConversionError.option(
                    "--groups: \(groups) groups do not divide \(growth) inputs and \(pointwise.inputChannels) outputs "
                        + "of \(name).sfr")
            }
            if number >= squeezeExciteFrom { stage.layers[layer - 1].squeezeExcite = growth }
            stage.layers[layer - 1].reactivation = Architecture.Reactivation(
                name: "\(name).sfr", kind: .learned, inputChannels: growth, groups: groups,
                sums: pointwise.inputChannels)
        }
        if family == .condenseNetV2, number >= hardSwishFrom { stage.activation = .hardSwish }
        if family != .condensenet, family != .condenseNetV2, number < stages.count {
            // Half the channels, rounded up, then up to a multiple of the groups.
            let half = (stage.blockChannels + 1) / 2
            stage.transition = try pointwise(
                "features.transition_\(number).conv", inputs: stage.blockChannels,
                outputs: (half + groups - 1) / groups * groups)
        }
        return stage
    }

    private func pointwise(_ name: String, inputs: Int, outputs: Int) throws -> Architecture.Pointwise {
        let isPlain = family == .densenet
        guard inputs.isMultiple(of: isPlain ? groups : factor) else {
            throw ConversionError.option(
                isPlain
                    ? "--groups: \(groups) groups do not divide the \(inputs) inputs of \(name)"
                    : (condensationFactor == nil
                        ? "--groups: \(factor), the condensation factor too," : "--condensation: \(factor)")
                        + " does not divide the \(inputs) inputs of \(name)")
        }
        guard outputs.isMultiple(of: groups) else {
            throw ConversionError.option("--groups: \(groups) groups do not divide the \(outputs) outputs of \(name)")
        }
        return Architecture.Pointwise(
            name: name, kind: isPlain ? .plain : .learned, inputChannels: inputs,
            gathered: isPlain || groups * factor == 1 ? nil : inputs / factor * groups, outputChannels: outputs,
            groups: groups)
    }
}
