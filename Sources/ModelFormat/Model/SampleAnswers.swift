/// What the source network answers to the input that `SplitMix64(seed:)` gives, so that any machine can prove that it
/// computes the same network.
public struct SampleAnswers: Equatable, Sendable {
    /// Seeds the input; see `input(_:)`.
    public var seed: UInt64
    /// The largest accepted difference, relative to the largest logit; over 0 and below 1.
    public var tolerance: Float
    /// `[classes]`, by an evaluator that shares no code with the runtime.
    public var logits: [Float]

    /// Answers that `ModelDescription.validate` checks for form alone.
    public init(seed: UInt64, tolerance: Float, logits: [Float]) {
        self.seed = seed
        self.tolerance = tolerance
        self.logits = logits
    }

    /// The seeded input, `[3, H, W]`: each element is the generator's next float, doubled, hence in `-2..<2`.
    public func input(_ shape: PlaneShape) -> [Float] {
        var generator = SplitMix64(seed: seed)
        return (0..<shape.count).map { _ in 2 * generator.nextFloat() }
    }

    func validate(classes: Int) throws {
        guard logits.count == classes else {
            throw ModelFormatError.member(
                path: "sample.logits", expected: "\(classes) numbers, one a class", found: "\(logits.count)")
        }
        if let position = logits.firstIndex(where: { !$0.isFinite }) {
            throw ModelFormatError.member(
                path: "sample.logits[\(position)]", expected: "a finite number", found: "\(logits[position])")
        }
        guard tolerance > 0, tolerance < 1 else {
            throw ModelFormatError.member(
                path: "sample.tolerance", expected: "a number over 0 and below 1", found: "\(tolerance)")
        }
    }
}
