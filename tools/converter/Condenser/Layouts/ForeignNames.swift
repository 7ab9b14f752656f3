extension CheckpointLayout {
    /// Names that tell another network, and what people call it.
    private static let others: [(fragment: String, name: String)] = [
        (".dwconv.weight", "a CondenseNeXt"), (".sfr.conv.weight", "a CondenseNetV2"),
        ("layer1.0.conv3.weight", "a ResNet of bottleneck blocks"), ("features.0.0.weight", "a MobileNetV2 or V3"),
        ("_conv_stem.weight", "an EfficientNet"), ("blocks.0.attn.qkv.weight", "a vision transformer"),
        ("trans1.conv1.weight", "a DenseNet of another code"), ("dense1.0.conv1.weight", "a DenseNet of another code"),
        ("features.conv0.weight", "torchvision's DenseNet"), ("init_conv.weight", "a CondenseNet of another code"),
        ("denseblock", "a DenseNet of another code"), ("dense_block", "a DenseNet of another code"),
    ]

    /// Why no layout knows these names.
    static func foreign(_ names: [String]) -> CheckpointProblem {
        if let prefix = prefix(of: names) {
            return .prefixed(prefix: prefix, found: names.count { $0.hasPrefix(prefix) }, tensors: names.count)
        }
        for (fragment, name) in others {
            if let tensor = names.first(where: { $0.contains(fragment) }) {
                return .otherNetwork(name: name, tensor: tensor)
            }
        }
        return .foreign(examples: Array(names.sorted().prefix(3)), tensors: names.count)
    }

    /// What stands before the name of the first convolution of a network that can be converted.
    private static func prefix(of names: [String]) -> String? {
        let first = [
            "features.init_conv", "features.0", "layer1.0.conv1", "model.0.0", "features.init_block.conv",
            "features.conv0",
        ]
        for tensor in names {
            if let name = first.first(where: { tensor.hasSuffix(".\($0).weight") }) {
                return String(tensor.dropLast("\(name).weight".count))
            }
        }
        return nil
    }
}
