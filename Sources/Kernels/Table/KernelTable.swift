/// Which kernel runs a shape, in which blocks and bands, and how threads share it: every number that was chosen by
/// measurement. `TiledElement` beside it has the tiles of each element type, and `KernelTable+Steps.swift` turns steps into
/// shapes.
///
/// All were chosen on x86-64, with AVX2 and with AVX-512, and on AArch64 by the instructions that are executed;
/// `docs/performance.md` has the ratios.
enum KernelTable {
    // hasWidePanels: whether 1×1 convolutions use the widest tiles. On Arm six outputs leave room for 16 pixels in single
    // precision, for 32 in half.
    // hasWideFours: whether groups of four outputs in padded rows do.
    // singlePixels: the most pixels after the last whole vector of a run that are computed one by one, each for many outputs
    // at a time, rather than as an incomplete vector.
    #if arch(arm64)
        #if CONDENSENET_HALF
            static let hasWidePanels = true
            static let hasWideFours = true
            static let singlePixels = 3
        #else
            static let hasWidePanels = false
            static let hasWideFours = false
            static let singlePixels = 4
        #endif
    #elseif CONDENSENET_AVX512
        static let hasWidePanels = true
        static let hasWideFours = false
        static let singlePixels = 4
    #else
        static let hasWidePanels = false
        static let hasWideFours = false
        static let singlePixels = 3
    #endif
    /// Elements of middle planes in a band of rows: they stay in a second-level cache.
    static let bandElements = 96 * 1024
    /// Rows of a dense layer that a thread takes at least, where the threads are not more than that.
    static let sharedRows = 12
    /// Bytes from weights in use to those that are asked for meanwhile.
    static let prefetchBytes = 4096
    /// Products of a sum that `Convolution2D` adds in one block of inputs, at the most, unless one input has more: a panel
    /// of them stays in a first-level cache.
    static let blockProducts = 256
    /// Elements of sums that `Convolution2D` may lay aside between blocks.
    static let savedElements = 64 * 1024
    /// Outputs of the tiles of `Linear`, and of those that take what remains.
    static let linearTile = 32
    static let linearRest = 8
    /// Elements of transformed rows that are used before the next are transformed: they stay in a second-level cache.
    static let transformedElements = 64 * 1024

    /// The kernels that run a convolution.
    enum ConvolutionKernel {
        /// `PointwiseConvolution`: 1×1, stride 1.
        case pointwise
        /// `Winograd3x3`: 3×3, stride 1.
        case winograd
        /// `Convolution3x3`: 3×3, stride 1.
        case direct3x3
        /// `DepthwiseConvolution`: every channel by itself.
        case depthwise
        /// `Convolution2D`: anything, in blocks of inputs.
        case blocks
    }

    /// The kernel for a convolution of a shape.
    static func kernel(for shape: ConvolutionShape, winograd: Bool) -> ConvolutionKernel {
        if winograd, shape.isDirect3x3, prefersWinograd(shape) { return .winograd }
        if shape.isPlain, hasWideGroups(shape), prefersBlocks(shape) { return .blocks }
        if shape.isPointwise { return .pointwise }
        if shape.isDirect3x3 { return .direct3x3 }
        return shape.isDepthwise ? .depthwise : .blocks
    }

    /// Whether a 1×1 convolution and the 3×3 convolution of its outputs are faster as one, band by band, so that the middle
    /// planes stay in a cache: where the second is direct, and neither has so many weights a group that they would not.
    static func fuses(_ first: ConvolutionShape, _ second: ConvolutionShape, winograd: Bool) -> Bool {
        first.isPointwise && second.isDirect3x3 && !(winograd && prefersWinograd(second)) && !hasWideGroups(first)
            && !hasWideGroups(second)
    }

    /// With fewer outputs a group, transforming the inputs costs more than the multiplications that it saves.
    private static func prefersWinograd(_ shape: ConvolutionShape) -> Bool {
        shape.outputs >= 4 && shape.inputs >= 4 && shape.height >= 3
    }

    /// Blocks read each weight once. On x86-64 a 1×1 convolution asks for its weights early enough to read them again for
    /// every panel.
    private static func prefersBlocks(_ shape: ConvolutionShape) -> Bool {
        #if arch(x86_64)
            shape.kernel > 1
        #else
            true
        #endif
    }

    /// Whether a group has so many weights that a first-level cache which also holds the planes would see none twice.
    private static func hasWideGroups(_ shape: ConvolutionShape) -> Bool {
        shape.inputs * shape.outputs * shape.kernel * shape.kernel > 1 << 16
    }

    /// Whether threads split a 1×1 convolution by groups rather than rows: in small images a group's weights outweigh
    /// its pixels, and each is then read by one core.
    static func splitsGroups(height: Int) -> Bool { height <= 28 }
}
