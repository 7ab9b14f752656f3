import Foundations

/// What the source network answers to the input that `SplitMix64(seed:)` gives, so that any machine can prove that it
/// computes the same network.
public struct SampleAnswers: Equatable, Sendable {
    /// Seeds the input; see `input(_:seed:)`.
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

    /// The input that the answers are for, `[3, H, W]`.
    ///
    /// - Throws: `MemoryError`.
    public func input(_ shape: PlaneShape) throws -> StoredArray<Float> { try Self.input(shape, seed: seed) }

    /// A seeded input: each element is the generator's next float, doubled, hence in `-2..<2`.
    ///
    /// - Throws: `MemoryError`.
    public static func input(_ shape: PlaneShape, seed: UInt64) throws -> StoredArray<Float> {
        try StoredArray(count: shape.count) { input in
            var generator = SplitMix64(seed: seed)
            for position in input.indices { input[position] = 2 * generator.nextFloat() }
        }
    }

    func validate(classes: Int) throws {
        guard logits.count == classes else {
            throw JSONError.member(
                path: "sample.logits", expected: "\(classes) numbers, one a class", found: "\(logits.count)")
        }
        if let position = logits.firstIndex(where: { !$0.isFinite }) {
            throw JSONError.member(
                path: "sample.logits[\(position)]", expected: "a finite number", found: "\(logits[position])")
        }
        guard tolerance > 0, tolerance < 1 else {
            throw JSONError.member(
                path: "sample.tolerance", expected: "a number over 0 and below 1", found: "\(tolerance)")
        }
    }
}
