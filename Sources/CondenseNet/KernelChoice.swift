/// Which kernel runs a shape, and how threads share it.
///
/// Everything here was chosen by measurement; `docs/performance.md` has the ratios.
enum KernelChoice {
    /// Whether a 3×3 convolution is faster by minimal filtering than directly, per group.
    ///
    /// With fewer outputs, transforming the inputs costs more than the multiplications that it saves.
    static func prefersMinimalFiltering(inputs: Int, outputs: Int, width: Int, height: Int) -> Bool {
        outputs >= 4 && inputs >= 4 && height >= 3
    }

    /// Whether threads split a 1×1 convolution by groups rather than rows: in small images a group's weights outweigh
    /// its pixels, and each is then read by one core.
    static func splitsGroups(height: Int) -> Bool { height <= 28 }
}
