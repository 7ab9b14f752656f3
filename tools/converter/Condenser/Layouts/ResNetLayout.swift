import Checkpoint
import ModelFormat

extension CheckpointLayout {
    /// torchvision's ResNet of basic blocks.
    static let resNet = CheckpointLayout(
        name: "torchvision's ResNet", family: "ResNet", tensor: "layer1.0.conv1.weight"
    ) {
        try $0.resNet()
    }
}

extension LayoutSurvey {
    fileprivate mutating func resNet() throws -> SourceNetwork {
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
        try finish()
        guard let stem, let classes else { throw ConversionError.problems(inspector.problems) }
        return .resNet(inputSize: inputSize, stem: stem, stages: stages, classes: classes)
    }
}

extension SourceNetwork {
    /// A ResNet of basic blocks, as torchvision names its layers.
    ///
    /// - Parameters:
    ///   - stem: output channels of the first convolution.
    ///   - stages: for each stage the output channels of the two convolutions of each block. The first block of every
    ///     stage but the first has stride 2; where shapes differ, a 1×1 convolution fits the input to the sum.
    static func resNet(inputSize: Int, stem: Int, stages: [[(Int, Int)]], classes: Int) -> SourceNetwork {
        let depth = 2 * stages.reduce(0) { $0 + $1.count } + 2
        var network = SourceNetwork(family: "ResNet", name: "ResNet-\(depth)", inputSize: inputSize)
        func add(
            _ name: String, _ outputs: Int, _ kernel: Int, stride: Int, norm: String, _ activation: Activation,
            input: String? = nil
        ) {
            let convolution = SourceConvolution(
                weight: "\(name).weight", outputs: outputs, kernel: kernel, stride: stride, padding: kernel / 2)
            network.add(name, .convolution(convolution.then(norm: norm, activation)), input: input)
        }
        add("conv1", stem, 7, stride: 2, norm: "bn1", .relu)
        network.add("maxpool", .pooling(SourcePooling(.maximum, window: 3, stride: 2, padding: 1)))
        var channels = stem
        for (stage, blocks) in stages.enumerated() {
            for (block, outputs) in blocks.enumerated() {
                let name = "layer\(stage + 1).\(block)"
                let input = network.end
                let stride = stage > 0 && block == 0 ? 2 : 1
                var shortcut = input
                if stride != 1 || channels != outputs.1 {
                    shortcut = "\(name).downsample.0"
                    add(shortcut, outputs.1, 1, stride: stride, norm: "\(name).downsample.1", .none)
                }
                add("\(name).conv1", outputs.0, 3, stride: stride, norm: "\(name).bn1", .relu, input: input)
                add("\(name).conv2", outputs.1, 3, stride: 1, norm: "\(name).bn2", .none)
                network.add(name, .addition(other: shortcut, activation: .relu))
                channels = outputs.1
            }
        }
        network.add("avgpool", .pooling(SourcePooling(.average, window: nil)))
        network.add("fc", .linear(SourceLinear("fc", outputs: classes)))
        return network
    }
}
