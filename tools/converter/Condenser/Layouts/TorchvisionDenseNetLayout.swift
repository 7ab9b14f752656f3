import Checkpoint
import ModelFormat

extension CheckpointLayout {
    /// torchvision's DenseNet, under the names of its modules and under those of the published files.
    static let torchvisionDenseNet = CheckpointLayout(
        name: "torchvision's DenseNet",
        recognizes: { $0["features.conv0.weight"] != nil },
        renaming: { _ in { canonicalName($0) } },
        infer: { checkpoint, options in
            var traits = DenseBlockTraits(name: "torchvision's")
            (traits.isPooledStem, traits.inputSize, traits.stemStride) = (true, 224, 2)
            traits.classifierKeep = 1
            return try SourceInference(checkpoint, options, traits)
        })

    /// The CondenseNet authors' name for what torchvision calls `name`.
    private static func canonicalName(_ name: String) -> String {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 2, parts[0] == "features" else { return name }
        switch parts[1] {
        case "conv0": parts[1] = "init_conv"
        case "norm0": parts[1] = "init_norm"
        case "norm5": parts[1] = "norm_last"
        case let block where block.hasPrefix("denseblock") && parts[2].hasPrefix("denselayer") && parts.count > 4:
            parts[1] = "denseblock_" + block.dropFirst("denseblock".count)
            parts[2] = "denselayer_" + parts[2].dropFirst("denselayer".count)
            // The published files have "norm.1" for "norm1".
            if parts[3] == "norm" || parts[3] == "conv", parts.count > 5 { parts[3] += parts.remove(at: 4) }
            guard let number = parts[3].last, number == "1" || number == "2" else { return name }
            parts[3...3] = ["conv_\(number)", String(parts[3].dropLast())]
        case let transition where transition.hasPrefix("transition"):
            parts[1] = "transition_" + transition.dropFirst("transition".count)
            parts.insert("conv", at: 2)
        default: break
        }
        return parts.joined(separator: ".")
    }
}

extension Architecture {
    /// A DenseNet as torchvision builds it: a 7×7 convolution of stride 2 and maximum pooling, dense layers with four
    /// times the growth between their convolutions, transitions that halve the channels.
    ///
    /// - Parameters:
    ///   - blocks: layers of each dense block.
    ///   - growth: channels that each layer adds.
    ///   - stem: outputs of the first convolution.
    /// - Throws: `ConversionError` for an input that vanishes or a network beyond the limits.
    init(torchvisionBlocks blocks: [Int], growth: Int, stem channels: Int, inputSize: Int, classes: Int) throws {
        stem = Stem(channels: channels, stride: 2, kernel: 7, isPooled: true)
        form = .dense
        self.inputSize = inputSize
        condensationFactor = 1
        stages = []
        var (inputs, side) = (channels, stem.outputSide(inputSize))
        for (position, layers) in blocks.enumerated() {
            let number = position + 1
            var stage = Stage(
                number: number, side: side, inputChannels: inputs, growth: growth, layers: [], transition: nil)
            for layer in 1...layers {
                let name = "features.denseblock_\(number).denselayer_\(layer)"
                stage.layers.append(
                    Layer(
                        pointwise: Pointwise(
                            name: "\(name).conv_1", kind: .plain, inputChannels: stage.blockChannels, gathered: nil,
                            outputChannels: 4 * growth, groups: 1),
                        spatial: Spatial(
                            name: "\(name).conv_2", inputChannels: 4 * growth, outputChannels: growth, groups: 1)))
            }
            if number < blocks.count {
                stage.transition = Pointwise(
                    name: "features.transition_\(number).conv", kind: .plain, inputChannels: stage.blockChannels,
                    gathered: nil, outputChannels: stage.blockChannels / 2, groups: 1)
            }
            stages.append(stage)
            (inputs, side) = (stage.outputChannels, side / 2)
        }
        guard stages.allSatisfy({ $0.side > 0 }) else {
            throw ConversionError.option(
                "--input-size: an input of \(inputSize)×\(inputSize) vanishes in \(blocks.count) dense blocks")
        }
        classifier = Classifier(features: inputs, kept: nil, classes: classes)
        try checkLimits()
    }
}
