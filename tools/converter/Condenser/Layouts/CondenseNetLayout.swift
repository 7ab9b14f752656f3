import Checkpoint

extension CheckpointLayout {
    /// CondenseNet, DenseNet and DenseNet with learned groups as the CondenseNet authors' code names them.
    static let condenseNet = CheckpointLayout(
        name: "the CondenseNet authors' code",
        recognizes: { checkpoint in
            let names = checkpoint.names
            // CondenseNeXt and CondenseNetV2, which has a layout of its own, name their blocks alike.
            return !names.contains { $0.contains(".dwconv.") || $0.contains(".sfr.") }
                && !LayerNames(names.map(countedFromOne(names))).layers.isEmpty
        },
        renaming: { names in countedFromOne(names) },
        infer: { checkpoint, options in
            try SourceInference(checkpoint, options, DenseBlockTraits(name: "the authors'"))
        })

    /// Names as the authors' code counts blocks, layers and transitions, from 1, where all of a kind are counted from 0.
    static func countedFromOne(_ names: [String]) -> @Sendable (String) -> String {
        func startsAtZero(_ kind: String) -> Bool { names.contains { $0.contains("\(kind)_0.") } }
        let kinds = ["denseblock", "transition", "denselayer"].filter(startsAtZero)
        // Transitions are counted as the blocks before them are.
        let shifted = Set(kinds + (kinds.contains("denseblock") ? ["transition"] : []))
        guard !kinds.isEmpty else { return { $0 } }
        return { name in
            name.split(separator: ".", omittingEmptySubsequences: false).map { part in
                guard let kind = shifted.first(where: { part.hasPrefix("\($0)_") }),
                    let number = Int(part.dropFirst(kind.count + 1)), number >= 0, number < 1 << 20
                else { return String(part) }
                return "\(kind)_\(number + 1)"
            }.joined(separator: ".")
        }
    }
}
