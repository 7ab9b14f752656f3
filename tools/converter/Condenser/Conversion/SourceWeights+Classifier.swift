extension SourceWeights {
    /// The part of a dense network's features that its classifier keeps unless told otherwise, as the authors have it.
    static let usualClassifierKeep = 0.5

    /// The features that the condensed classifier reads, in its order; `nil` for all.
    ///
    /// Of a dense classifier's columns, sorted by their sums of magnitudes (stably, in ascending order, summed in double
    /// precision), the last ⌊features·keep⌋ are kept in that order, as the original conversion does it.
    ///
    /// - Parameters:
    ///   - keep: the part that the user asks for; `nil` for `usual`.
    ///   - usual: the part that such a classifier keeps.
    /// - Throws: `ConversionError.option` for an unfit `keep`, `CheckpointError`.
    func keptFeatures(_ classifier: Architecture.Classifier, keep: Double?, usual: Double) throws -> [Int]? {
        if let index = classifier.index {
            guard keep == nil else {
                throw ConversionError.option(
                    "--classifier-keep: the checkpoint is converted already, its classifier reads "
                        + "\(classifier.inputs) of \(classifier.features) features")
            }
            return try indices(index)
        }
        let keep = keep ?? usual
        let features = classifier.features
        guard keep > 0, keep <= 1 else {
            throw ConversionError.option("--classifier-keep: expected a number over 0 and at most 1, found \(keep)")
        }
        let count = Int(Double(features) * keep)
        guard count > 0 else {
            throw ConversionError.option("--classifier-keep: \(keep) of \(features) features is none")
        }
        return try largestFeatures(count, of: classifier)
    }

    /// The `count` features with the largest sums of weight magnitudes in a dense classifier, in ascending order of
    /// these; `nil` for all.
    ///
    /// - Throws: `CheckpointError`.
    func largestFeatures(_ count: Int, of classifier: Architecture.Classifier) throws -> [Int]? {
        let features = classifier.features
        guard count < features else { return nil }
        let weight = try floats("\(classifier.tensors).weight")
        var magnitudes = [Double](repeating: 0, count: features)
        for (position, weight) in weight.enumerated() { magnitudes[position % features] += Double(weight.magnitude) }
        let ascending = (0..<features).sorted { (magnitudes[$0], $0) < (magnitudes[$1], $1) }
        return Array(ascending.suffix(count))
    }
}
