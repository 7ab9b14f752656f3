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

    /// Whether a convolution with so many weights in each group is faster in blocks (`Convolution2D`): beyond this number a
    /// first-level cache that also holds the planes would see no weight twice.
    static func prefersBlocks(groupWeights: Int) -> Bool { groupWeights > 1 << 16 }

    /// Whether threads split a 1×1 convolution by groups rather than rows: in small images a group's weights outweigh
    /// its pixels, and each is then read by one core.
    static func splitsGroups(height: Int) -> Bool { height <= 28 }
}
