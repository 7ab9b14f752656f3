import Glibc

/// A class and how likely it is.
public struct Prediction: Equatable, Sendable {
    /// The class, counted from 0.
    public let index: Int
    /// The class's label, or its number where the model has no labels.
    public let label: String
    /// From the softmax over all classes.
    public let probability: Float

    /// The `count` likeliest classes, or all where there are fewer; of equal ones, the lower index first.
    ///
    /// - Parameters:
    ///   - logits: `[classes]`.
    ///   - labels: `[classes]`, or empty.
    /// - Throws: `RuntimeError.notFinite` for a logit that is infinite or not a number, since nothing follows from it.
    static func top(_ count: Int, logits: [Float], labels: [String]) throws -> [Prediction] {
        if let index = logits.firstIndex(where: { !$0.isFinite }) {
            throw RuntimeError.notFinite(index: index, logit: logits[index])
        }
        let largest = logits.max() ?? 0
        let exponentials = logits.map { exp(Double($0) - Double(largest)) }
        let sum = exponentials.reduce(0, +)
        return logits.indices.sorted { (logits[$1], $0) < (logits[$0], $1) }.prefix(max(count, 0)).map {
            Prediction(
                index: $0, label: labels.isEmpty ? "\($0)" : labels[$0], probability: Float(exponentials[$0] / sum))
        }
    }
}
