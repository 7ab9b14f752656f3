import Checkpoint

extension CheckpointLayout {
    /// CondenseNet as pytorchcv has it, which publishes trained weights: the converted form alone.
    static let pytorchcv = CheckpointLayout(
        name: "pytorchcv's CondenseNet",
        recognizes: {
            $0["features.init_block.conv.weight"] != nil && $0["features.stage1.unit1.conv1.conv.weight"] != nil
        },
        renaming: { _ in { canonicalName($0) } },
        infer: { checkpoint, options in
            // Its last pooling has a window of 7 at every pixel.
            var traits = DenseBlockTraits(name: "pytorchcv's")
            (traits.window, traits.windowStride, traits.inputSize, traits.stemStride) = (7, 1, 224, 2)
            traits.dataset = .imagenet
            return try SourceInference(checkpoint, options, traits)
        })

    /// The authors' name for what pytorchcv calls `name`.
    private static func canonicalName(_ name: String) -> String {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        switch parts.first {
        case "output": parts[0] = "classifier"
        case "features" where parts.count > 2:
            if parts[1] == "init_block", parts[2] == "conv" {
                parts[1...2] = ["init_conv"]
            } else if parts[1] == "post_activ", parts[2] == "bn" {
                parts[1...2] = ["norm_last"]
            } else if parts.count > 4, parts[1].hasPrefix("stage"), parts[2].hasPrefix("unit"),
                parts[3] == "conv1" || parts[3] == "conv2"
            {
                parts[1] = "denseblock_" + parts[1].dropFirst(5)
                parts[2] = "denselayer_" + parts[2].dropFirst(4)
                parts[3] = parts[3] == "conv1" ? "conv_1" : "conv_2"
                if parts[4] == "bn" { parts[4] = "norm" }
            }
        default: break
        }
        return parts.joined(separator: ".")
    }
}
