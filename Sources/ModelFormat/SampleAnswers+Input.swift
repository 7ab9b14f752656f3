extension SampleAnswers {
    /// The seeded input, `[3, H, W]`: uniform in `-2..<2`.
    public func input(_ shape: PlaneShape) -> [Float] {
        var generator = SplitMix64(seed: seed)
        return (0..<shape.count).map { _ in 2 * generator.nextFloat() }
    }
}
