import Foundations
import Checkpoint
import ModelFormat

extension CheckpointLayout {
    /// CondenseNetV2 as its authors' code names it, as trained or as converted by it.
    static let condenseNetV2 = CheckpointLayout(
        name: "CondenseNetV2's code",
        recognizes: { checkpoint in
            let names = checkpoint.names
            return names.contains { $0.hasSuffix(".sfr.conv.weight") }
                && !LayerNames(names.map(countedFromOne(names))).layers.isEmpty
        },
        renaming: { names in countedFromOne(names) },
        infer: { checkpoint, options in
            var traits = DenseBlockTraits(name: "CondenseNetV2's")
            traits.isReactivated = true
            traits.classifierKeep = 1
            var remarks: [String] = []
            var warnings: [String] = []
            if let stated = options.hardSwishFrom {
                guard stated >= 1 else {
                    throw ConversionError.option(
                        "--hard-swish-from: expected a block's number, counted from 1, found \(stated)")
                }
                traits.hardSwishFrom = stated
            } else if let stored = checkpoint.settings["HS_start_block"], stored >= 0, stored < FormatLimits.steps {
                traits.hardSwishFrom = stored + 1
                remarks.append("hard swish from block \(stored + 1), as the checkpoint's args.HS_start_block says")
            } else {
                warnings.append(
                    "hard swish from block \(Architecture.publishedHardSwish) is the published networks' rule, and no tensor "
                        + "tells (--hard-swish-from says otherwise)")
            }
            var inference = try SourceInference(checkpoint, options, traits)
            let architecture = inference.architecture!
            if let variant = CondenseNetV2Variant(architecture) {
                inference.interpolation = variant.interpolation
            } else if architecture.inputSize == 224, options.dataset == nil || options.dataset == .imagenet {
                warnings.append(
                    "images are resized bilinearly, as for CondenseNetV2-C; the A and B of its authors were trained bicubically "
                        + "(--interpolation says otherwise)")
            }
            inference.remarks += remarks
            inference.warnings += warnings
            return inference
        })
}

/// The networks that CondenseNetV2's authors have published for ImageNet.
public enum CondenseNetV2Variant: String, CaseIterable, Sendable {
    /// 46 million operations.
    case a = "A"
    /// 146 million operations.
    case b = "B"
    /// 309 million operations.
    case c = "C"

    /// Layers of each dense block.
    public var stages: [Int] {
        switch self {
        case .a: [1, 1, 4, 6, 8]
        case .b: [2, 4, 6, 8, 6]
        case .c: [4, 6, 8, 10, 8]
        }
    }

    /// k of each dense block.
    public var growth: [Int] {
        switch self {
        case .a: [8, 8, 16, 32, 64]
        case .b: [6, 12, 24, 48, 96]
        case .c: [8, 16, 32, 64, 128]
        }
    }

    /// How its images were resized.
    var interpolation: Interpolation { self == .c ? .bilinear : .bicubic }

    /// The variant that an architecture is.
    init?(_ architecture: Architecture) {
        let found = Self.allCases.first {
            $0.stages == architecture.stages.map(\.layers.count) && $0.growth == architecture.stages.map(\.growth)
        }
        guard architecture.head != nil, let found else { return nil }
        self = found
    }
}
