import ModelFormat

/// A grouped 3×3 convolution with stride 1 and padding 1, with half the multiplications of the direct one.
///
/// Winograd's minimal filter F(4, 3) runs down the columns of an image: blocks of four output rows come from six input rows,
/// which are transformed once for each input (`WinogradTransform`), and at each of six points the three columns of the
/// kernel and all inputs are summed as in a direct convolution:
///
///     m(o, t, x) = Σ i Σ dx u[o, i, dx, t] * v[i, t][x + dx − 1]
///
/// A last block of one or two rows needs four of the points only.
///
/// Each such sum begins with zero and takes inputs, then columns in ascending order, one fused multiply-add each,
/// whatever tile computes it; results do not depend on how the work is split.
///
/// A result lies within `(3 * inputs + 16) · 2⁻²⁴ · Σ t |A| (|G| |w|) (|B| |x|)` of the exact value, the sum taken over
/// the block's points, all inputs and columns: the transforms round a few times, and each step of a sum once.
public struct Winograd3x3: Sendable, Equatable {
    /// Groups.
    public let groups: Int
    /// Input channels of one group.
    public let inputs: Int
    /// Output channels of one group.
    public let outputs: Int
    /// Columns of the image.
    public let width: Int
    /// Rows of the image.
    public let height: Int
    /// What is applied to the results.
    public let activation: Activation

    /// Outputs that are computed together; a group's last tile is filled up with zero weights.
    static let tileOutputs = 4
    /// Elements of a vector.
    static let vector = 8

    /// A convolution from `groups * inputs` to `groups * outputs` planes of `height` × `width` pixels.
    ///
    /// `blocksAtOnce` are the blocks of four rows that are transformed at a time; nil for as many as stay in a
    /// second-level cache.
    ///
    /// - Precondition: the image is not empty, `blocksAtOnce` is positive, and no number is negative.
    public init(
        groups: Int, inputs: Int, outputs: Int, width: Int, height: Int, activation: Activation,
        blocksAtOnce: Int? = nil
    ) {
        precondition(groups >= 0 && inputs >= 0 && outputs >= 0 && width > 0 && height > 0 && blocksAtOnce ?? 1 > 0)
        self.groups = groups
        self.inputs = inputs
        self.outputs = outputs
        self.width = width
        self.height = height
        self.activation = activation
        let blocks = (height + WinogradTransform.results - 1) / WinogradTransform.results
        let limit = max(1, KernelTable.transformedElements / (WinogradTransform.points * max(1, inputs) * (width + 1)))
        let passes = (blocks + limit - 1) / limit
        self.blocksAtOnce = min(blocksAtOnce ?? (blocks + passes - 1) / passes, blocks)
    }

    /// Blocks of four rows; the last may reach beyond the image.
    var blocks: Int { (height + WinogradTransform.results - 1) / WinogradTransform.results }
    /// Whether the last block has one or two rows.
    var hasShortBlock: Bool { height - (blocks - 1) * WinogradTransform.results <= 2 }
    /// Blocks that are transformed at a time.
    let blocksAtOnce: Int
    /// Whether rows are so short that a position for nothing after each would cost more than vectors that pass over it.
    var skipsGaps: Bool { width % Self.vector == 0 && width < 32 }
    /// Elements from one transformed row to the next: a row and a zero, and more where the sums take no more tiles of 16.
    var rowStride: Int {
        let (dense, aligned) = (width + 1, roundUp(width + 1, toMultipleOf: Self.vector))
        let isFree = blocksAtOnce * aligned <= roundUp(blocksAtOnce * dense, toMultipleOf: 2 * Self.vector)
        return isFree && width % Self.vector != 0 ? aligned : dense
    }
    /// Elements from one block's sums to the next's.
    var sumsStride: Int { skipsGaps ? width : rowStride }
    /// Positions for the sums of one output at one point.
    var positions: Int { roundUp(blocksAtOnce * sumsStride, toMultipleOf: Self.vector) }
    /// Elements from one input's transformed rows at one point to the next's.
    var transformedStride: Int { blocksAtOnce * rowStride }
    /// Elements before the first pixel at a point, the last of them a zero: pixels begin on a cache line.
    static let lead = 16
    /// Elements from one point's transformed rows to the next's: those of all inputs, and what vectors reach beyond them; an
    /// odd number of cache lines, so that the points do not fall into few sets of the cache.
    var transformedPoint: Int {
        let floats = Self.lead + inputs * transformedStride + 2 * Self.vector
        return (roundUp(floats, toMultipleOf: 16) / 16 | 1) * 16
    }
    /// Output tiles of a group.
    var groupTiles: Int { roundUp(outputs, toMultipleOf: Self.tileOutputs) / Self.tileOutputs }
    /// Output tiles of all groups.
    public var tiles: Int { groups * groupTiles }
    /// Elements of one packed output tile at one point: `[inputs][3 columns][4]`.
    var packedTileCount: Int { inputs * 3 * Self.tileOutputs }
    /// Elements of one group's packed weights: `[6 points][output tiles]`, then the biases.
    var packedGroupCount: Int {
        groupTiles * (WinogradTransform.points * packedTileCount + Self.tileOutputs)
    }

    /// Elements in the packed weights.
    public var packedCount: Int { groups * packedGroupCount }

    /// Elements of all inputs' transformed rows.
    var transformedCount: Int { WinogradTransform.points * transformedPoint }
    /// Elements of all outputs' sums at all points.
    var sumsCount: Int { WinogradTransform.points * groupTiles * Self.tileOutputs * positions + Self.vector }

    /// Elements of scratch that one call of `run` needs.
    public var scratchCount: Int { transformedCount + sumsCount }

    /// Elements that must be readable after the last input plane; they are ignored.
    public static let inputSlack = 8

    /// Multiply-adds of the direct convolution, the padding's included.
    public var multiplyAdds: Int { groups * inputs * outputs * 9 * width * height }

    /// Packs weights for `run`.
    ///
    /// - Parameters:
    ///   - weights: `[groups * outputs][inputs][3][3]`.
    ///   - bias: `[groups * outputs]`, or nil for zero.
    ///   - packed: receives `packedCount` elements, each rounded from single precision.
    public func pack<Element: BinaryFloatingPoint>(
        weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, into packed: UnsafeMutablePointer<Element>
    ) {
        let tileOutputs = Self.tileOutputs
        let pointStride = groupTiles * packedTileCount
        for group in 0..<groups {
            let destination = packed + group * packedGroupCount
            let biases = destination + WinogradTransform.points * pointStride
            for output in 0..<groupTiles * tileOutputs {
                let channel = group * outputs + output
                biases[output] = output < outputs ? Element(bias?[channel] ?? 0) : 0
                var tap = destination + output / tileOutputs * packedTileCount + output % tileOutputs
                for input in 0..<inputs {
                    for column in 0..<3 {
                        var taps: (Element, Element, Element, Element, Element, Element) = (0, 0, 0, 0, 0, 0)
                        if output < outputs {
                            let kernel = weights + (channel * inputs + input) * 9 + column
                            taps = WinogradTransform.taps(kernel[0], kernel[3], kernel[6])
                        }
                        tap[0] = taps.0
                        tap[pointStride] = taps.1
                        tap[2 * pointStride] = taps.2
                        tap[3 * pointStride] = taps.3
                        tap[4 * pointStride] = taps.4
                        tap[5 * pointStride] = taps.5
                        tap += tileOutputs
                    }
                }
            }
        }
    }
}
