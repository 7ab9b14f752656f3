extension Architecture {
    /// The usual name: the family and the number of layers with weights.
    public var name: String {
        let layers = stages.reduce(0) { $0 + 2 * $1.layers.count + ($1.transition == nil ? 0 : 1) } + 2
        if let variant = CondenseNetV2Variant(self) { return "CondenseNetV2-\(variant.rawValue)" }
        guard head == nil else { return "CondenseNetV2-\(layers)" }
        guard pointwise.contains(where: { $0.kind != .plain }) else { return "DenseNet-\(layers)" }
        return (stages.contains { $0.transition != nil } ? "DenseNet-LGC-" : "CondenseNet-") + "\(layers)"
    }

    /// What was found, a line for each thing that a reader may want to check.
    ///
    /// - Parameters:
    ///   - kept: how many features the condensed classifier reads.
    ///   - isDesign: whether it is no checkpoint's, but what training and condensing would give.
    public func summary(kept: Int, isDesign: Bool = false) -> [(label: String, text: String)] {
        func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: "-") }
        /// One number where all are equal.
        func range(_ numbers: [Int]) -> String {
            let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 0)
            return low == high ? "\(low)" : "\(low) to \(high)"
        }
        let isPlain = pointwise.allSatisfy { $0.kind == .plain }
        let layers = stages.flatMap(\.layers)
        let middle = stages.flatMap { stage in
            stage.layers.map { (channels: $0.pointwise.outputChannels, growth: stage.growth) }
        }
        let bottleneck =
            middle.allSatisfy { $0.channels.isMultiple(of: $0.growth) }
            ? "bottleneck \(range(middle.map { $0.channels / $0.growth }))"
            : "\(range(middle.map(\.channels))) channels between 1×1 and 3×3"
        let factors = layers.map(\.pointwise).map { $0.inputChannels * $0.groups / $0.operandChannels }
        let convolutions = stages.compactMap(\.transition)
        let transitions =
            convolutions.isEmpty
            ? "average pooling"
            : "1×1 convolutions\(convolutions[0].kind == .plain ? "" : " with learned groups"), then average pooling"
        let origin =
            isDesign
            ? "a design without weights" : form == .dense ? "as trained" : "as converted by the original code"
        return [
            ("network", "\(name), \(origin)"),
            (
                "stages",
                "\(list(stages.map(\.layers.count))), growth \(list(stages.map(\.growth))), "
                    + bottleneck
            ),
            (
                "1×1",
                "groups \(range(layers.map(\.pointwise.groups)))"
                    + (isPlain ? "" : ", learned; condensation factor \(range(factors))")
            ),
            ("3×3", "groups \(range(layers.map(\.spatial.groups)))"),
        ] + reactivationSummary + [
            ("transitions", transitions),
            ("input", "3×\(inputSize)×\(inputSize), first stride \(stem.stride)"),
            ("classifier", "\(classifier.classes) classes from \(kept) of \(classifier.features) features"),
        ]
    }

    /// What CondenseNetV2 has and its first version has not.
    private var reactivationSummary: [(label: String, text: String)] {
        guard let head else { return [] }
        func from(_ isFirst: (Stage) -> Bool) -> String {
            stages.first(where: isFirst).map { "from block \($0.number)" } ?? "in no block"
        }
        let groups = Set(stages.flatMap(\.layers).compactMap(\.reactivation?.groups)).sorted().map(String.init)
        return [
            ("reactivation", "groups \(groups.joined(separator: ", "))"),
            ("hard swish", from { $0.activation == .hardSwish }),
            (
                "squeeze-excite",
                from { $0.layers.contains { $0.squeezeExcite != nil } } + "; of the features, to \(head.squeezeExcite)"
            ),
            ("hidden layer", "\(head.features) features with hard swish"),
        ]
    }
}
