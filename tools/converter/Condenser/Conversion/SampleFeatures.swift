import ModelFormat

/// What the source network sees in the seeded sample inputs, up to its classifier, so that several choices of the
/// classifier's features cost one evaluation.
struct SampleFeatures {
    /// How many inputs there are: four where a classifier's features are chosen, or one where the network is far larger
    /// than those that the authors trained.
    let count: Int

    private let evaluator: SourceEvaluator
    private let features: [[Double]]

    /// - Throws: as `SourceEvaluator`.
    init(_ evaluator: SourceEvaluator, _ network: SourceNetwork, isChosen: Bool) throws {
        self.evaluator = evaluator
        let cost = try network.evaluationCost()
        count = isChosen && cost < 0x1p32 ? 4 : 1
        let shape = PlaneShape(channels: 3, height: network.inputSize, width: network.inputSize)
        features = try (0..<count).map { position in
            try evaluator.features(of: try SampleAnswers.input(number: position, shape))
        }
    }

    /// The last layer's output for one input.
    ///
    /// - Parameter keptFeatures: the features that a dense network's classifier reads; `nil` for all.
    /// - Throws: as `SourceEvaluator`.
    func logits(of input: Int, keptFeatures: [Int]?) throws -> SourceEvaluator.LayerOutput {
        try evaluator.logits(of: features[input], keptFeatures: keptFeatures)
    }
}

extension SampleAnswers {
    /// Sample input `number`, of which the first is the one whose answers model files store.
    static func input(number: Int, _ shape: PlaneShape) throws -> [Float] {
        Array(try input(shape, seed: Conversion.sampleSeed + UInt64(number)))
    }
}
