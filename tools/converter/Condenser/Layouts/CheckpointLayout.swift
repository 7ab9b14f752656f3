import Foundations
import Checkpoint
import ModelFormat

/// One way in which training code names a network's tensors.
///
/// A layout is one file beside this one and a line in `all`.
public struct CheckpointLayout: Sendable {
    /// What people call it.
    public let name: String
    /// Whether a checkpoint's tensors bear its names.
    let recognizes: @Sendable (Checkpoint) -> Bool
    /// The name that `infer` knows a tensor by, where it differs from the checkpoint's; made for the names of one
    /// checkpoint.
    var renaming: @Sendable ([String]) -> @Sendable (String) -> String = { _ in { $0 } }
    /// The network that the tensors imply, all of them checked.
    ///
    /// Throws `ConversionError` and `CheckpointError`, as `CheckpointLayout.infer` says.
    let infer: @Sendable (Checkpoint, Architecture.InferenceOptions) throws -> SourceInference

    /// All layouts that are known, in the order in which they are tried.
    public static let all: [CheckpointLayout] = [
        .condenseNet, .condenseNetV2, .pytorchcv, .torchvisionDenseNet, .vgg, .resNet, .mobileNetV1,
    ]

    /// The layout of a checkpoint; `nil` where its names are nobody's.
    public static func of(_ checkpoint: Checkpoint) -> CheckpointLayout? {
        all.first { $0.recognizes(checkpoint) }
    }

    /// The network that a checkpoint's tensors imply, all of them checked: names, shapes, masks, indices, and that every
    /// number is finite and every variance not negative; with the checkpoint under the names that the network uses.
    ///
    /// - Throws: `ConversionError.problems` with every problem there is, those of tensors up to a hundred,
    ///   `ConversionError.option` for an option that does not suit the network or is missing, `CheckpointError` when the
    ///   checkpoint's data cannot be read.
    static func infer(
        from checkpoint: Checkpoint, options: Architecture.InferenceOptions
    ) throws -> (inference: SourceInference, checkpoint: Checkpoint) {
        var (checkpoint, remarks) = (try checkpoint.renamed(withoutWrappers), [String]())
        if of(checkpoint) == nil, let prefix = onlyPrefix(of: checkpoint.names) {
            let others = checkpoint.names.filter { !$0.hasPrefix(prefix) }
            let shown = others.prefix(4).joined(separator: ", ") + (others.count > 4 ? " …" : "")
            remarks.append(
                "the tensors behind \"\(prefix)\" are taken"
                    + (others.isEmpty ? "" : "; ignored beside them: \(shown)"))
            checkpoint = try checkpoint.selecting(prefix: prefix)
        }
        guard let layout = of(checkpoint) else {
            throw ConversionError.problems([foreign(checkpoint.names)])
        }
        guard options.hardSwishFrom == nil || layout.name == condenseNetV2.name else {
            throw ConversionError.option("--hard-swish-from: only CondenseNetV2 has hard swish")
        }
        let renamed = try checkpoint.renamed(layout.renaming(checkpoint.names))
        var inference = try layout.infer(renamed, options)
        inference.remarks = remarks + inference.remarks
        return (inference, renamed)
    }
}

extension CheckpointLayout {
    /// The layout of a network of plain convolutions, told by one tensor's name.
    ///
    /// - Parameters:
    ///   - family: what the network is called, for messages.
    ///   - survey: walks the layers.
    init(
        name: String, family: String, tensor: String,
        survey: @escaping @Sendable (inout LayoutSurvey) throws -> SourceNetwork
    ) {
        self.init(
            name: name, recognizes: { $0[tensor] != nil },
            infer: { checkpoint, options in
                var layers = try LayoutSurvey(checkpoint, options, family: family)
                return SourceInference(network: try survey(&layers))
            })
    }
}

/// What a layout makes of a checkpoint.
struct SourceInference {
    /// The network as its training code computes it.
    var network: SourceNetwork
    /// The network of dense blocks that it is, where it is one.
    var architecture: Architecture?
    /// What was assumed and may be wrong, a line each.
    var warnings: [String] = []
    /// What a reader may want to know, a line each.
    var remarks: [String] = []
    /// The data set that networks of this layout were trained on, where that is known.
    var dataset: Dataset?
    /// How the images were resized that it was trained on, where that is known.
    var interpolation: Interpolation?
    /// The part of its features that the classifier keeps unless told otherwise; `nil` where there is no choice.
    var classifierKeep: Double?
}
