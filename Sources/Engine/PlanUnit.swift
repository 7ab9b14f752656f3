import ModelFormat

/// What a plan runs as one: a step of the graph, or several steps in a row whose middle values nothing else reads.
public struct PlanUnit: Sendable {
    /// The graph's steps, at least one.
    public let steps: [Step]

    /// A unit of `steps`.
    ///
    /// - Precondition: each but the first reads what the one before it writes.
    public init(_ steps: Step...) { self.steps = steps }

    /// The values that the unit reads or writes and that need a place in memory: all but the middle ones.
    package var values: [String] { steps.first!.inputs + [steps.last!.output] }
}
