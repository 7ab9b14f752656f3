import Checkpoint
import ModelFormat

extension CheckpointLayout {
    /// MobileNet-v1 as an `nn.Sequential` of `nn.Sequential`s called `model`, and a linear layer `fc`.
    static let mobileNetV1 = CheckpointLayout(name: "MobileNet-v1", family: "MobileNet-v1", tensor: "model.0.0.weight")
    {
        try $0.mobileNetV1()
    }
}

extension LayoutSurvey {
    fileprivate mutating func mobileNetV1() throws -> SourceNetwork {
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
        try finish()
        guard let stem, let classes else { throw ConversionError.problems(inspector.problems) }
        return .mobileNetV1(inputSize: inputSize, stem: stem, pairs: pairs, classes: classes)
    }
}

extension SourceNetwork {
    /// A MobileNet of the first version: a 3×3 convolution of stride 2, then pairs of a depthwise 3×3 and a 1×1
    /// convolution, each with batch norm and ReLU.
    ///
    /// - Parameters:
    ///   - stem: output channels of the first convolution.
    ///   - pairs: output channels of each 1×1 convolution. Where they exceed the inputs, the depthwise convolution before
    ///     has stride 2, but not in the first pair.
    static func mobileNetV1(inputSize: Int, stem: Int, pairs: [Int], classes: Int) -> SourceNetwork {
        var network = SourceNetwork(family: "MobileNet-v1", name: "MobileNet-v1", inputSize: inputSize)
        func add(_ name: String, _ norm: String, _ convolution: SourceConvolution) {
            network.add(name, .convolution(convolution.then(norm: norm, .relu)))
        }
        add(
            "model.0.0", "model.0.1",
            SourceConvolution(weight: "model.0.0.weight", outputs: stem, kernel: 3, stride: 2, padding: 1))
        var channels = stem
        for (position, outputs) in pairs.enumerated() {
            let name = "model.\(position + 1)"
            let stride = position > 0 && outputs > channels ? 2 : 1
            add(
                "\(name).0", "\(name).1",
                SourceConvolution(
                    weight: "\(name).0.weight", outputs: channels, kernel: 3, stride: stride, padding: 1,
                    groups: channels))
            add("\(name).3", "\(name).4", SourceConvolution(weight: "\(name).3.weight", outputs: outputs, kernel: 1))
            channels = outputs
        }
        network.add("avgpool", .pooling(SourcePooling(.average, window: nil)))
        network.add("fc", .linear(SourceLinear("fc", outputs: classes)))
        return network
    }
}
