import Foundations
import Checkpoint
import ModelFormat

/// What it does to the answers that the classifier reads a part of its features only, for several parts.
///
/// The inputs are seeded noise: the differences tell how much weight the dropped features had, not how accurate the
/// network remains.
public struct ClassifierEffect: Equatable, Sendable {
    /// The effect of one choice.
    public struct Row: Equatable, Sendable {
        /// The part of the features that is kept.
        public var keep: Double
        /// How many these are.
        public var features: Int
        /// Whether the model file has this choice.
        public var isChosen: Bool
        /// The largest difference of a logit from what the full classifier gives.
        public var difference: Double
        /// The largest difference relative to the largest logit of the same input.
        public var relativeDifference: Double
        /// On how many inputs the largest logit remains the largest.
        public var sameAnswers: Int
    }

    /// One row for each choice, the smallest part first.
    public let rows: [Row]
    /// How many inputs were tried.
    public let inputs: Int

    /// - Throws: as `SourceEvaluator`.
    init(_ samples: SampleFeatures, _ checkpoint: Checkpoint, _ classifier: Architecture.Classifier) throws {
        let source = SourceWeights(checkpoint)
        let features = classifier.features
        let whole = try (0..<samples.count).map { try samples.logits(of: $0, keptFeatures: nil).values }
        let chosen = classifier.inputs
        let usual = [0.25, 0.5, 0.75, 1].filter { Int(Double(features) * $0) > 0 }
        var choices = usual.map { (keep: $0, count: Int(Double(features) * $0)) }
        if !choices.contains(where: { $0.count == chosen }) {
            choices.append((Double(chosen) / Double(features), chosen))
        }
        rows = try choices.sorted { $0.count < $1.count }.map { keep, count in
            let kept = try source.largestFeatures(count, of: classifier)
            var row = Row(
                keep: keep, features: count, isChosen: count == chosen, difference: 0, relativeDifference: 0,
                sameAnswers: 0)
            for (input, expected) in whole.enumerated() {
                let logits = try samples.logits(of: input, keptFeatures: kept).values
                let difference = zip(logits, expected).map { ($0 - $1).magnitude }.max() ?? 0
                let magnitude = expected.map(\.magnitude).max() ?? 0
                row.difference = max(row.difference, difference)
                row.relativeDifference = max(row.relativeDifference, difference == 0 ? 0 : difference / magnitude)
                row.sameAnswers += logits.indexOfLargest == expected.indexOfLargest ? 1 : 0
            }
            return row
        }
        inputs = whole.count
    }

    /// The rows in aligned columns under a line of titles.
    ///
    /// - Parameter width: columns of the terminal, beyond which no line goes; `nil` for any number.
    public func text(width: Int? = nil) -> String {
        var table = TextTable([
            .right("keep"), .right("features"), .right("max |Δlogit|", rank: 1), .right("of the largest"),
            .right("same answer"), .left(""),
        ])
        for row in rows {
            table.append([
                row.keep.significant(3), "\(row.features)", row.difference.significant(3),
                (100 * row.relativeDifference).significant(3) + "%", "\(row.sameAnswers)/\(inputs)",
                row.isChosen ? "<- --classifier-keep" : "",
            ])
        }
        return table.text(width: width)
    }
}

extension [Double] {
    /// The position of the largest number, the first of several.
    fileprivate var indexOfLargest: Int? { indices.max { self[$0] < self[$1] } }
}
