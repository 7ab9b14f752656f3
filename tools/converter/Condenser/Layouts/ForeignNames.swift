extension CheckpointLayout {
    /// Names that tell another network, and what people call it.
    private static let others: [(fragment: String, name: String)] = [
        (".dwconv.weight", "a CondenseNeXt"),
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

    /// What stands before the name of the first convolution of a network that can be converted, where there is one.
    private static func prefix(of names: [String]) -> String? { prefixes(of: names).first }

    /// What stands before the names of the only network that can be converted.
    static func onlyPrefix(of names: [String]) -> String? {
        let found = prefixes(of: names)
        return found.count == 1 ? found[0] : nil
    }

    /// What stands before the names of the first convolutions of all networks that can be converted.
    private static func prefixes(of names: [String]) -> [String] {
        let first = [
            "features.init_conv", "features.0", "layer1.0.conv1", "model.0.0", "features.init_block.conv",
            "features.conv0",
        ]
        var prefixes: [String] = []
        for tensor in names {
            guard let name = first.first(where: { tensor.hasSuffix(".\($0).weight") }) else { continue }
            let prefix = String(tensor.dropLast("\(name).weight".count))
            if !prefixes.contains(prefix), prefixes.count < 8 { prefixes.append(prefix) }
        }
        return prefixes
    }

    /// A name without what wrappers put into its middle.
    static func withoutWrappers(_ name: String) -> String {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let wrappers: Set<Substring> = ["_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_orig_mod"]
        guard parts.contains(where: wrappers.contains) else { return name }
        return parts.filter { !wrappers.contains($0) }.joined(separator: ".")
    }
}
