import CondenseNet
import ModelFormat

extension Conversion {
    /// Compares the model file, as the runtime computes it, with the source network, as `SourceEvaluator` computes it:
    /// every layer, on the first sample inputs.
    ///
    /// - Parameter inputs: how many, at least one.
    /// - Throws: `ModelFormatError` or `RuntimeError` when the file cannot be run here, `ConversionError`.
    public func verify(inputs: Int = 2) throws -> Verification {
        let graph = description.graph
        let plan = try ExecutionPlan(
            Model(try ModelFile(bytes: bytes)), options: ExecutionPlan.Options(retainsValues: true))
        let session = try Session(plan: plan)
        let steps = Dictionary(uniqueKeysWithValues: graph.steps.map { ($0.name, $0) })
        var verification = Verification(tolerance: Double(precision.tolerance))
        for number in 0..<inputs {
            let input = SampleAnswers.input(number: number, network.inputShape)
            _ = session.logits(input)
            _ = try evaluator.evaluate(input, count: 1, keptFeatures: network.chosenFeatures) { layer in
                verification.compare(layer, with: steps[layer.name].map { session.output(of: $0, graph) })
            }
        }
        return verification
    }
}

extension Session {
    /// What `step` wrote in the last run, `[C, H, W]`.
    ///
    /// - Precondition: the plan retains values.
    fileprivate func output(of step: Step, _ graph: Graph) -> [Float] {
        let shape = graph.shapes(of: step).output
        let start = step.outputOffset * shape.pixels
        return Array(value(step.output)[start..<(start + shape.count)])
    }
}
