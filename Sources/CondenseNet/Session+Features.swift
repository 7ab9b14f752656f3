import ModelFormat

extension ExecutionPlan {
    /// The step that turns features into logits: the last linear layer.
    fileprivate var classifier: Step? { model.description.graph.steps.last { $0.operation is ModelFormat.Linear } }

    /// How many numbers the classifier reads.
    ///
    /// - Throws: `RuntimeError.noValue` for a network without a linear layer.
    public var featureCount: Int {
        get throws {
            guard let classifier else { throw RuntimeError.noValue("features") }
            return model.description.graph.shapes(of: classifier).input.count
        }
    }
}

extension Session {
    /// What the classifier read in the last run, `[features]`: a description of the image to compare with others'.
    ///
    /// - Throws: `RuntimeError.noValue` unless the plan was made with `retainsValues` and the network has a linear layer.
    public func features() throws -> [Float] {
        guard let classifier = plan.classifier else { throw RuntimeError.noValue("features") }
        return Array(try value(classifier.input).prefix(try plan.featureCount))
    }
}
