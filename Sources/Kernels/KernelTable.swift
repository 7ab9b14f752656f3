/// Which kernel runs a shape, in which tiles and bands, and how threads share it: every such number in one place.
///
/// All were chosen by measurement on x86-64, with AVX2 and with AVX-512, and on AArch64 by the instructions that are executed;
/// `docs/performance.md` has the ratios.
public enum KernelTable {
    #if arch(arm64)
        /// Whether 1×1 convolutions use the widest tiles; six outputs leave room for 16 pixels here.
        static let hasWidePanels = false
        /// The most pixels after the last whole vector of a run that are computed one by one, each for many outputs at a
        /// time, rather than as an incomplete vector.
        static let singlePixels = 4
    #elseif CONDENSENET_AVX512
        static let hasWidePanels = true
        static let singlePixels = 4
    #else
        static let hasWidePanels = false
        static let singlePixels = 3
    #endif
    /// Elements of middle planes in a band of rows: they stay in a second-level cache.
    static let bandElements = 96 * 1024
    /// Bytes from weights in use to those that are asked for meanwhile.
    static let prefetchBytes = 4096
    /// Elements of transformed rows that are used before the next are transformed: they stay in a second-level cache.
    static let transformedElements = 64 * 1024

    /// Whether a 3×3 convolution is faster by Winograd F(4, 3) than directly, per group.
    ///
    /// With fewer outputs, transforming the inputs costs more than the multiplications that it saves.
    public static func prefersWinograd(inputs: Int, outputs: Int, height: Int) -> Bool {
        outputs >= 4 && inputs >= 4 && height >= 3
    }

    /// Whether a group has so many weights that a first-level cache which also holds the planes would see none twice: a
    /// convolution of such groups does not run in bands.
    public static func hasWideGroups(groupWeights: Int) -> Bool { groupWeights > 1 << 16 }

    /// Whether a convolution of wide groups is faster in blocks (`Convolution2D`), which read each weight once.
    ///
    /// On x86-64 a 1×1 convolution asks for its weights early enough to read them again for every panel.
    public static func prefersBlocks(kernel: Int) -> Bool {
        #if arch(x86_64)
            kernel > 1
        #else
            true
        #endif
    }

    /// Whether threads split a 1×1 convolution by groups rather than rows: in small images a group's weights outweigh
    /// its pixels, and each is then read by one core.
    public static func splitsGroups(height: Int) -> Bool { height <= 28 }
}
