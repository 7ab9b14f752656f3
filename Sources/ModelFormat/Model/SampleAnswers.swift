import Foundations

/// What the source network answers to the input that `SplitMix64(seed:)` gives, so that any machine can prove that it
/// computes the same network.
public struct SampleAnswers: Equatable, Sendable {
    /// Seeds the input; see `input(_:seed:)`.
    public var seed: UInt64
    /// The largest accepted difference, relative to `magnitude`; over 0 and below 1.
    public var tolerance: Float
    /// How large the numbers are that a logit is the sum of, where that exceeds every logit: large terms cancel, and what
    /// rounding leaves of them does not. `nil` where the largest logit is larger, and in files of version 1.
    public var magnitudeOfTerms: Float?
    /// `[classes]`, by an evaluator that shares no code with the runtime.
    public var logits: [Float]

    /// Answers that `ModelDescription.validate` checks for form alone.
    public init(seed: UInt64, tolerance: Float, magnitudeOfTerms: Float? = nil, logits: [Float]) {
        self.seed = seed
        self.tolerance = tolerance
        self.magnitudeOfTerms = magnitudeOfTerms
        self.logits = logits
    }

    /// What differences are relative to: the largest logit's magnitude, or that of the terms where it is larger.
    public var magnitude: Float { logits.reduce(magnitudeOfTerms ?? 0) { max($0, $1.magnitude) } }

    /// The largest accepted difference of a logit.
    public var allowedDifference: Float { tolerance * magnitude }

    /// Whether a machine's logits are as many as these, all of them numbers, and within the allowed difference.
    public func agree(with found: [Float]) -> Bool {
        found.count == logits.count
            && zip(logits, found).allSatisfy { ($0 - $1).magnitude <= allowedDifference }
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
        if let magnitudeOfTerms, !(magnitudeOfTerms > 0 && magnitudeOfTerms.isFinite) {
            throw JSONError.member(
                path: "sample.magnitude", expected: "a finite number over 0", found: "\(magnitudeOfTerms)")
        }
        guard tolerance > 0, tolerance < 1 else {
            throw JSONError.member(
                path: "sample.tolerance", expected: "a number over 0 and below 1", found: "\(tolerance)")
        }
    }
}
