import Checkpoint
import ModelFormat

extension ComparisonNetwork {
    /// The family whose names the tensors of a checkpoint bear, `nil` for none of these.
    static func family(of checkpoint: Checkpoint) -> Family? {
        if checkpoint["features.0.weight"] != nil { return .vgg }
        if checkpoint["layer1.0.conv1.weight"] != nil { return .resNet }
        return checkpoint["model.0.0.weight"] == nil ? nil : .mobileNetV1
    }

    /// The network that a checkpoint's tensors imply, all of them checked: names, shapes, and that every number is finite
    /// and every variance not negative.
    ///
    /// - Throws: `ConversionError.problems` with every problem there is, those of tensors up to a hundred,
    ///   `ConversionError.option` for an input size that does not suit the network, `CheckpointError` when the checkpoint's data cannot be read.
    static func infer(
        _ family: Family, from checkpoint: Checkpoint, options: Architecture.InferenceOptions
    ) throws -> ComparisonNetwork {
        if options.allowUnpruned {
            throw ConversionError.option("--allow-unpruned: a \(family.rawValue) has no learned groups")
        }
        if let size = options.inputSize, !(1...FormatLimits.side).contains(size) {
            throw ConversionError.option("--input-size: expected 1 to \(FormatLimits.side), found \(size)")
        }
        var survey = ComparisonSurvey(checkpoint)
        let network: ComparisonNetwork? =
            switch family {
            case .vgg: try survey.vgg(options)
            case .resNet: try survey.resNet(options)
            case .mobileNetV1: try survey.mobileNetV1(options)
            }
        guard survey.problems.isEmpty, let network else { throw ConversionError.problems(survey.problems) }
        return network
    }
}

/// Walks the layers in order, each one's inputs following from those before.
private struct ComparisonSurvey {
    private var inspector: TensorInspector

    init(_ checkpoint: Checkpoint) { inspector = TensorInspector(checkpoint) }

    var problems: [CheckpointProblem] { inspector.problems }

    mutating func vgg(_ options: Architecture.InferenceOptions) throws -> ComparisonNetwork? {
        let numbers = inspector.checkpoint.names.compactMap { name -> Int? in
            let parts = name.split(separator: ".")
            return parts.count == 3 && parts[0] == "features" && parts[2] == "weight" ? Int(parts[1]) : nil
        }.sorted()
        var blocks: [[Int]] = [[]]
        var channels: Int? = 3
        var expected = 0
        for number in numbers {
            // A number more is left out where a pooling layer lies between two convolutions.
            if number == expected + 1, expected > 0 {
                blocks.append([])
            } else if number != expected {
                inspector.report(.unexpected(tensor: "features.\(number).weight"))
                return nil
            }
            channels = try convolution("features.\(number)", [nil, channels, 3, 3])
            try inspector.shape("features.\(number).bias", [channels])
            blocks[blocks.count - 1].append(channels ?? 1)
            expected = number + 2
        }
        let features = try inspector.shape("classifier.0.weight", [nil, nil])
        var hidden = features?[0]
        try inspector.shape("classifier.0.bias", [hidden])
        var widths = [hidden ?? 1]
        for number in [3, 6] {
            hidden = try linear("classifier.\(number)", inputs: hidden)
            widths.append(hidden ?? 1)
        }
        inspector.reportUnexpected()
        guard problems.isEmpty, let features, let channels else { return nil }
        let side = Int(Double(features[1] / channels).squareRoot())
        guard side * side * channels == features[1], blocks.count < 15, side > 0,
            side <= FormatLimits.side >> blocks.count
        else {
            inspector.report(
                .shape(tensor: "classifier.0.weight", expected: "[any, \(channels)·side²]", found: features))
            return nil
        }
        let size = side << blocks.count
        if let stated = options.inputSize, stated != size {
            throw ConversionError.option(
                "--input-size: classifier.0 reads \(side)×\(side) pixels, which needs \(size), found \(stated)")
        }
        return .vgg(inputSize: size, blocks: blocks, hidden: Array(widths[..<2]), classes: widths[2])
    }

    mutating func resNet(_ options: Architecture.InferenceOptions) throws -> ComparisonNetwork? {
        let stem = try convolution("conv1", [nil, 3, 7, 7], norm: "bn1")
        var channels = stem
        var stages: [[(Int, Int)]] = []
        while has("layer\(stages.count + 1).0.conv1.weight") {
            let stage = "layer\(stages.count + 1)"
            var blocks: [(Int, Int)] = []
            while has("\(stage).\(blocks.count).conv1.weight") {
                let name = "\(stage).\(blocks.count)"
                let middle = try convolution("\(name).conv1", [nil, channels, 3, 3], norm: "\(name).bn1")
                let outputs = try convolution("\(name).conv2", [nil, middle, 3, 3], norm: "\(name).bn2")
                if stages.count > 0 && blocks.isEmpty || channels != outputs {
                    _ = try convolution(
                        "\(name).downsample.0", [outputs, channels, 1, 1], norm: "\(name).downsample.1")
                }
                blocks.append((middle ?? 1, outputs ?? 1))
                channels = outputs
            }
            stages.append(blocks)
        }
        let classes = try linear("fc", inputs: channels)
        inspector.reportUnexpected()
        guard problems.isEmpty, let stem, let classes else { return nil }
        return .resNet(inputSize: inputSize(options), stem: stem, stages: stages, classes: classes)
    }

    mutating func mobileNetV1(_ options: Architecture.InferenceOptions) throws -> ComparisonNetwork? {
        let stem = try convolution("model.0.0", [nil, 3, 3, 3], norm: "model.0.1")
        var channels = stem
        var pairs: [Int] = []
        while has("model.\(pairs.count + 1).0.weight") {
            let name = "model.\(pairs.count + 1)"
            _ = try convolution("\(name).0", [channels, 1, 3, 3], norm: "\(name).1")
            channels = try convolution("\(name).3", [nil, channels, 1, 1], norm: "\(name).4")
            pairs.append(channels ?? 1)
        }
        let classes = try linear("fc", inputs: channels)
        inspector.reportUnexpected()
        guard problems.isEmpty, let stem, let classes else { return nil }
        return .mobileNetV1(inputSize: inputSize(options), stem: stem, pairs: pairs, classes: classes)
    }

    private func has(_ name: String) -> Bool { inspector.checkpoint[name] != nil }

    /// Any size will do, as the planes' means are taken: what the user says, or ImageNet's.
    private func inputSize(_ options: Architecture.InferenceOptions) -> Int {
        options.inputSize ?? options.dataset?.inputSize ?? 224
    }

    /// The outputs of a convolution whose weights have `shape`.
    private mutating func convolution(_ name: String, _ shape: [Int?], norm: String? = nil) throws -> Int? {
        let outputs = try inspector.shape("\(name).weight", shape)?[0]
        if let norm { try inspector.batchNorm(norm, channels: outputs) }
        return outputs
    }

    private mutating func linear(_ name: String, inputs: Int?) throws -> Int? {
        let outputs = try inspector.shape("\(name).weight", [nil, inputs])?[0]
        try inspector.shape("\(name).bias", [outputs])
        return outputs
    }
}
