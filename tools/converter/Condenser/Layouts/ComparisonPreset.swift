import ModelFormat

/// The networks of the CondenseNet paper's comparison on an Arm processor, and DenseNet-121.
public enum ComparisonPreset: String, CaseIterable, Sendable {
    /// VGG-16, configuration D.
    case vgg16 = "vgg-16"
    /// ResNet-18.
    case resNet18 = "resnet-18"
    /// MobileNet-v1 of full width.
    case mobileNetV1 = "mobilenet-v1"
    /// DenseNet-121 as torchvision has it.
    case denseNet121 = "densenet-121"
}

extension SourceNetwork {
    /// A network of the published widths.
    ///
    /// - Throws: `ConversionError.option` for an input size or a number of classes that cannot be.
    public init(_ preset: ComparisonPreset, inputSize: Int = 224, classes: Int = 1000) throws {
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
        case .denseNet121:
            self.init(
                try Architecture(
                    torchvisionBlocks: [6, 12, 24, 16], growth: 32, stem: 64, inputSize: inputSize, classes: classes))
        }
    }
}
