import Glibc

/// A class and how likely it is.
public struct Prediction: Equatable, Sendable {
    /// The class, counted from 0.
    public let index: Int
    /// The class's label, or its number where the model has no labels.
    public let label: String
    /// From the softmax over all classes.
    public let probability: Float

    /// The `count` likeliest classes; of equal ones, the lower index first.
    static func top(_ count: Int, logits: [Float], labels: [String]) -> [Prediction] {
        let largest = logits.max() ?? 0
        let exponentials = logits.map { exp(Double($0 - largest)) }
        let sum = exponentials.reduce(0, +)
        return logits.indices.sorted { (logits[$1], $0) < (logits[$0], $1) }.prefix(max(count, 0)).map {
            Prediction(
                index: $0, label: labels.isEmpty ? "\($0)" : labels[$0], probability: Float(exponentials[$0] / sum))
        }
    }
}
