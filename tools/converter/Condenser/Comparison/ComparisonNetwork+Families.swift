import ModelFormat

/// The widths of a network; everything else follows from its family.
extension ComparisonNetwork {
    /// A VGG network without batch norms, as torchvision numbers its layers: 3×3 convolutions with bias, each block ended
    /// by 2×2 maximum pooling, then three linear layers.
    ///
    /// - Parameters:
    ///   - blocks: output channels of the convolutions of each block.
    ///   - hidden: outputs of the first two linear layers.
    static func vgg(inputSize: Int, blocks: [[Int]], hidden: [Int], classes: Int) -> ComparisonNetwork {
        var network = ComparisonNetwork(family: .vgg, inputSize: inputSize)
        var number = 0
        for block in blocks {
            for channels in block {
                network.add(
                    "features.\(number)",
                    Convolution(outputChannels: channels, kernel: 3, padding: 1, bias: true, activation: .relu))
                number += 2
            }
            network.add("features.\(number)", Pooling(kind: .maximum, kernel: 2, stride: 2))
            number += 1
        }
        for (position, outputs) in (hidden + [classes]).enumerated() {
            let isLast = position == hidden.count
            network.add("classifier.\(3 * position)", Linear(outputs: outputs, activation: isLast ? .none : .relu))
        }
        return network
    }

    /// A ResNet of basic blocks, as torchvision names its layers.
    ///
    /// - Parameters:
    ///   - stem: output channels of the first convolution.
    ///   - stages: for each stage the output channels of the two convolutions of each block. The first block of every
    ///     stage but the first has stride 2; where shapes differ, a 1×1 convolution fits the input to the sum.
    static func resNet(inputSize: Int, stem: Int, stages: [[(Int, Int)]], classes: Int) -> ComparisonNetwork {
        var network = ComparisonNetwork(family: .resNet, inputSize: inputSize)
        func convolution(_ outputs: Int, _ kernel: Int, stride: Int, activation: Activation) -> any Operation {
            Convolution(
                outputChannels: outputs, kernel: kernel, stride: stride, padding: kernel / 2, bias: true,
                activation: activation
            )
        }
        network.add("conv1", norm: "bn1", convolution(stem, 7, stride: 2, activation: .relu))
        network.add("maxpool", Pooling(kind: .maximum, kernel: 3, stride: 2, padding: 1))
        var channels = stem
        for (stage, blocks) in stages.enumerated() {
            for (block, outputs) in blocks.enumerated() {
                let name = "layer\(stage + 1).\(block)"
                let input = network.end
                let stride = stage > 0 && block == 0 ? 2 : 1
                var shortcut = input
                if stride != 1 || channels != outputs.1 {
                    shortcut = "\(name).downsample.0"
                    network.add(
                        shortcut, norm: "\(name).downsample.1",
                        convolution(outputs.1, 1, stride: stride, activation: .none))
                }
                network.add(
                    "\(name).conv1", norm: "\(name).bn1", convolution(outputs.0, 3, stride: stride, activation: .relu),
                    input: input)
                network.add(
                    "\(name).conv2", norm: "\(name).bn2", convolution(outputs.1, 3, stride: 1, activation: .none))
                network.add(name, Addition(other: shortcut, activation: .relu))
                channels = outputs.1
            }
        }
        network.add("avgpool", GlobalAveragePooling())
        network.add("fc", Linear(outputs: classes))
        return network
    }

    /// A MobileNet of the first version: a 3×3 convolution of stride 2, then pairs of a depthwise 3×3 and a 1×1
    /// convolution, each with batch norm and ReLU.
    ///
    /// - Parameters:
    ///   - stem: output channels of the first convolution.
    ///   - pairs: output channels of each 1×1 convolution. Where they exceed the inputs, the depthwise convolution before
    ///     has stride 2, but not in the first pair.
    static func mobileNetV1(inputSize: Int, stem: Int, pairs: [Int], classes: Int) -> ComparisonNetwork {
        var network = ComparisonNetwork(family: .mobileNetV1, inputSize: inputSize)
        network.add(
            "model.0.0", norm: "model.0.1",
            Convolution(outputChannels: stem, kernel: 3, stride: 2, padding: 1, bias: true, activation: .relu))
        var channels = stem
        for (position, outputs) in pairs.enumerated() {
            let name = "model.\(position + 1)"
            let stride = position > 0 && outputs > channels ? 2 : 1
            network.add(
                "\(name).0", norm: "\(name).1",
                Convolution(
                    outputChannels: channels, kernel: 3, stride: stride, padding: 1, groups: channels, bias: true,
                    activation: .relu))
            network.add(
                "\(name).3", norm: "\(name).4",
                Convolution(outputChannels: outputs, kernel: 1, bias: true, activation: .relu))
            channels = outputs
        }
        network.add("avgpool", GlobalAveragePooling())
        network.add("fc", Linear(outputs: classes))
        return network
    }
}

extension ComparisonNetwork {
    /// The networks of the CondenseNet paper's comparison on an Arm processor.
    public enum Preset: String, CaseIterable, Sendable {
        /// VGG-16, configuration D.
        case vgg16 = "vgg-16"
        /// ResNet-18.
        case resNet18 = "resnet-18"
        /// MobileNet-v1 of full width.
        case mobileNetV1 = "mobilenet-v1"
    }

    /// A network of the published widths.
    ///
    /// - Throws: `ConversionError.option` for an input size that cannot be.
    public init(_ preset: Preset, inputSize: Int = 224, classes: Int = 1000) throws {
        guard (1...FormatLimits.side).contains(inputSize) else {
            throw ConversionError.option("--input-size: expected 1 to \(FormatLimits.side), found \(inputSize)")
        }
        guard (1...FormatLimits.channels).contains(classes) else {
            throw ConversionError.option("--classes: expected 1 to \(FormatLimits.channels), found \(classes)")
        }
        switch preset {
        case .vgg16:
            guard inputSize == 224 else {
                throw ConversionError.option("--input-size: VGG-16's linear layers need 224, found \(inputSize)")
            }
            self = .vgg(
                inputSize: inputSize,
                blocks: [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]],
                hidden: [4096, 4096],
                classes: classes)
        case .resNet18:
            self = .resNet(
                inputSize: inputSize, stem: 64, stages: [64, 128, 256, 512].map { [($0, $0), ($0, $0)] },
                classes: classes)
        case .mobileNetV1:
            self = .mobileNetV1(
                inputSize: inputSize, stem: 32,
                pairs: [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024], classes: classes)
        }
    }
}
