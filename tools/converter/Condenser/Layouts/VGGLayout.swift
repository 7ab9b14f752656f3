import Checkpoint
import ModelFormat

extension CheckpointLayout {
    /// torchvision's VGG, with or without batch norms.
    static let vgg = CheckpointLayout(name: "torchvision's VGG", family: "VGG", tensor: "features.0.weight") {
        try $0.vgg()
    }
}

extension LayoutSurvey {
    fileprivate mutating func vgg() throws -> SourceNetwork {
        let convolutions = inspector.checkpoint.names.compactMap { name -> Int? in
            let parts = name.split(separator: ".")
            guard parts.count == 3, parts[0] == "features", parts[2] == "weight" else { return nil }
            return inspector.checkpoint[name]!.shape.count == 1 ? nil : Int(parts[1])
        }.sorted()
        // The batch norm's number lies between those of the convolution and of ReLU.
        let isNormalized = has("features.1.running_mean")
        let pace = isNormalized ? 3 : 2
        var blocks: [[Int]] = [[]]
        var channels: Int? = 3
        var expected = 0
        for number in convolutions {
            // A number more is left out where a pooling layer lies between two convolutions.
            if number == expected + 1, expected > 0 {
                blocks.append([])
            } else if number != expected {
                inspector.report(.unexpected(tensor: "features.\(number).weight"))
                try check()
            }
            channels = try convolution(
                "features.\(number)", [nil, channels, 3, 3], norm: isNormalized ? "features.\(number + 1)" : nil)
            try inspector.shape("features.\(number).bias", [channels])
            blocks[blocks.count - 1].append(channels ?? 1)
            expected = number + pace
        }
        let features = try inspector.shape("classifier.0.weight", [nil, nil])
        var hidden = features?[0]
        try inspector.shape("classifier.0.bias", [hidden])
        var widths = [hidden ?? 1]
        for number in [3, 6] {
            hidden = try linear("classifier.\(number)", inputs: hidden)
            widths.append(hidden ?? 1)
        }
        try finish()
        guard let features, let channels else { throw ConversionError.problems(inspector.problems) }
        let side = Int(Double(features[1] / channels).squareRoot())
        guard side * side * channels == features[1], blocks.count < 15, side > 0,
            side <= FormatLimits.side >> blocks.count
        else {
            throw ConversionError.problems([
                .shape(tensor: "classifier.0.weight", expected: "[any, \(channels)·side²]", found: features)
            ])
        }
        let size = side << blocks.count
        if let stated = options.inputSize, stated != size {
            throw ConversionError.option(
                "--input-size: classifier.0 reads \(side)×\(side) pixels, which needs \(size), found \(stated)")
        }
        return .vgg(
            inputSize: size, blocks: blocks, isNormalized: isNormalized, hidden: Array(widths[..<2]),
            classes: widths[2])
    }
}

extension SourceNetwork {
    /// A VGG network as torchvision numbers its layers: 3×3 convolutions with bias, each block ended by 2×2 maximum
    /// pooling, then three linear layers.
    ///
    /// - Parameters:
    ///   - blocks: output channels of the convolutions of each block.
    ///   - isNormalized: whether a batch norm follows each convolution.
    ///   - hidden: outputs of the first two linear layers.
    static func vgg(
        inputSize: Int, blocks: [[Int]], isNormalized: Bool = false, hidden: [Int], classes: Int
    ) -> SourceNetwork {
        let depth = blocks.reduce(0) { $0 + $1.count } + hidden.count + 1
        var network = SourceNetwork(family: "VGG", name: "VGG-\(depth)", inputSize: inputSize)
        var number = 0
        for block in blocks {
            for channels in block {
                let name = "features.\(number)"
                let convolution = SourceConvolution(weight: "\(name).weight", outputs: channels, kernel: 3, padding: 1)
                network.add(
                    name,
                    .convolution(
                        convolution.then(
                            bias: "\(name).bias", norm: isNormalized ? "features.\(number + 1)" : nil, .relu)))
                number += isNormalized ? 3 : 2
            }
            network.add("features.\(number)", .pooling(SourcePooling(.maximum, window: 2, stride: 2)))
            number += 1
        }
        for (position, outputs) in (hidden + [classes]).enumerated() {
            let name = "classifier.\(3 * position)"
            network.add(
                name,
                .linear(SourceLinear(name, outputs: outputs, activation: position < hidden.count ? .relu : .none)))
        }
        return network
    }
}
