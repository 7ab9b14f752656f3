import ModelFormat

/// Plausible scales for a step whose weights are random bytes: the outputs spread over the bytes, and few are cut off.
struct QuantizedSums {
    /// What a step of a byte stands for.
    static let scale: Float = 1 / 32

    /// What sums are multiplied by.
    var multiplier: Float = 32
    /// What is added then: the middle and the range around it.
    var offset: (Float, Float) = (0, 8)
    /// The byte that stands for 0 in the outputs.
    var zero: Int8 = 0

    /// The steps of a graph, and its input value, by their names.
    static func all(_ graph: Graph) -> [String: QuantizedSums] {
        var all: [String: QuantizedSums] = [:]
        for step in graph.steps {
            let operand = graph.shapes(of: step).input
            guard let quantized = step.operation.quantized(operand), quantized.isRescaled else { continue }
            var sums = QuantizedSums()
            let terms = Float(quantized.terms)
            // A uniform byte deviates by 73 from its mean, and of the input about as much as is left by its bounds.
            sums.multiplier = quantized.hasWeights ? 40 / (terms.squareRoot() * 73 * 40) : 1 / terms
            if !quantized.hasWeights { sums.offset.1 = 0 }
            if step.operation.activation == .relu {
                sums.zero = -128
                sums.offset.0 = -108
            }
            if step.output == graph.output { sums.multiplier *= scale }
            all[step.name] = sums
        }
        return all
    }
}
