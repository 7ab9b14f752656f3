import ModelFormat

/// A grouped 1×1 convolution that may gather its inputs, and scale, shift and activate each on the way in.
///
/// For group `g`, output `m` and pixel `p`, with the activations `f` (`preActivation`) and `h` (`activation`):
///
///     v(k, p) = f(input[plane(g, k)][p] * scale[g, k] + shift[g, k])     without a normalisation scale 1 and shift 0
///     y(g, m, p) = h(bias[g, m] + Σ k weights[g, m, k] * v(k, p))
///
/// Where `f` is the identity or ReLU, scale and shift are folded into weights and biases, and a bound is left of ReLU
/// (`FoldedActivation`). Each sum begins with the bias and takes first the inputs of positive scale, then those of negative
/// scale, both in ascending order, with one fused multiply-add for each (`multiplyAdd`), whatever tile computes it, so
/// results do not depend on how the work is split. Any other `f` is computed once for each tile of pixels and all outputs
/// of a group; sums take its values in ascending order. NaN passes through ReLU.
///
/// Where the convolution `accumulates`, `y` is added to what its output plane holds. Several outputs may then share a plane,
/// which takes their sums in ascending order of the outputs; calls for different groups may not run at the same time.
///
/// A result in single precision lies within `(inputs + 4) · 2⁻²⁴ · (|bias| + Σ k |weights| (|input · scale| + 2 |shift|))` of
/// the exact value where `f` folds and `h` does not magnify: each step of the sum rounds once, and so do folded weights,
/// bounds and the bias. Not so where a folded weight or bound is subnormal or overflows, or an input is beyond what
/// `FoldedActivation` takes for constant.
public struct PointwiseConvolution: Sendable, Equatable {
    /// Groups.
    public let groups: Int
    /// Inputs of one group.
    public let inputs: Int
    /// Outputs of one group.
    public let outputs: Int
    /// Columns of the image.
    public let width: Int
    /// Rows of the image.
    public let height: Int
    /// What is applied to the inputs, after scale and shift.
    public let preActivation: Activation
    /// What is applied to the sums.
    public let activation: Activation
    /// Whether results are added to what the output planes hold.
    public let accumulates: Bool

    /// Elements beyond the packed weights that kernels read and ignore.
    static let packedSlack = 4

    /// A convolution from `groups * inputs` (gathered) planes to `groups * outputs` planes of `height` × `width`
    /// pixels.
    ///
    /// - Precondition: no number is negative.
    public init(
        groups: Int, inputs: Int, outputs: Int, width: Int, height: Int, preActivation: Activation = .none,
        activation: Activation, accumulates: Bool = false
    ) {
        precondition(groups >= 0 && inputs >= 0 && outputs >= 0 && width >= 0 && height >= 0)
        self.groups = groups
        self.inputs = inputs
        self.outputs = outputs
        self.width = width
        self.height = height
        self.preActivation = preActivation
        self.activation = activation
        self.accumulates = accumulates
    }

    /// Whether the pre-activation leaves no bound and is computed, from scales and shifts in `GatheredInputs`.
    public var computesInputs: Bool { preActivation == .hardSwish }

    /// A group's outputs in tiles.
    var tiling: OutputTiling { OutputTiling(outputs: outputs) }

    /// Elements of one group's packed weights.
    var packedGroupCount: Int { (inputs + 1) * tiling.outputs }

    /// Elements in the packed weights: for each group and output tile `[1 + inputs][outputs of the tile]`, the bias first.
    public var packedCount: Int { groups * packedGroupCount + Self.packedSlack }

    /// Elements of scratch that one call of `run` needs.
    public var scratchCount: Int { inputs * Self.widestTile }

    /// Pixels of the widest tile of any element type.
    private static let widestTile = 32

    /// Multiply-adds of the whole convolution.
    public var multiplyAdds: Int { groups * inputs * outputs * width * height }

    /// Packs weights for `run`.
    ///
    /// - Parameters:
    ///   - weights: `[groups * outputs][inputs]`.
    ///   - bias: `[groups * outputs]`, or nil for zero.
    ///   - normalization: scale and shift of each input, `[groups][inputs]` each; nil for 1 and 0.
    ///   - packed: receives `packedCount` elements, each rounded from single precision.
    public func pack<Element: BinaryFloatingPoint>(
        weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, normalization: Normalization<Float>?,
        into packed: UnsafeMutablePointer<Element>
    ) {
        var destination = packed
        for group in 0..<groups {
            let inputs = ordered(group, normalization, of: Element.self)
            var first = 0
            for tile in 0..<tiling.fours + tiling.sixes {
                let count = tile < tiling.fours ? 4 : 6
                for lane in 0..<count {
                    let output = first + lane
                    guard output < outputs else {
                        for row in 0...inputs.count { destination[row * count + lane] = 0 }
                        continue
                    }
                    let channel = group * outputs + output
                    let weights = weights + channel * self.inputs
                    destination[lane] = foldedBias(inputs, weights, bias?[channel] ?? 0)
                    for (row, input) in inputs.enumerated() {
                        destination[(row + 1) * count + lane] = input.folded.weight(weights[input.index])
                    }
                }
                destination += (inputs.count + 1) * count
                first += count
            }
        }
        destination.update(repeating: 0, count: Self.packedSlack)
    }

    /// Lists the inputs for `run`.
    ///
    /// - Parameters:
    ///   - planes: the plane of each input, `[groups][inputs]`.
    ///   - normalization: as for `pack`.
    ///   - gathered: receives `[groups][inputs]`, uninitialised before.
    public func gather<Element: BinaryFloatingPoint & BitwiseCopyable & Sendable>(
        planes: UnsafePointer<Int32>, normalization: Normalization<Float>?,
        into gathered: UnsafeMutablePointer<GatheredInput<Element>>
    ) {
        for group in 0..<groups {
            let first = group * inputs
            for (place, input) in ordered(group, normalization, of: Element.self).enumerated() {
                (gathered + first + place).initialize(
                    to: GatheredInput(plane: planes[first + input.index], bound: input.folded.bound))
            }
        }
    }

    /// Counts the inputs of each group that are raised to their bounds, for `run`.
    ///
    /// - Parameters:
    ///   - normalization: as for `pack`.
    ///   - rising: receives `[groups]`.
    public func countRising(normalization: Normalization<Float>?, into rising: UnsafeMutablePointer<Int32>) {
        for group in 0..<groups {
            rising[group] = Int32(ordered(group, normalization, of: Float.self).count(where: \.folded.rises))
        }
    }

    /// An input of a group, with its number there.
    typealias OrderedInput<Element: BinaryFloatingPoint> = (index: Int, folded: FoldedActivation<Element>)

    /// The inputs of a group in the order in which sums take them.
    func ordered<Element: BinaryFloatingPoint>(
        _ group: Int, _ normalization: Normalization<Float>?, of _: Element.Type
    ) -> [OrderedInput<Element>] {
        let all = (0..<inputs).map { index in
            OrderedInput<Element>(
                index,
                computesInputs
                    ? .identity : FoldedActivation(normalization, entry: group * inputs + index, preActivation))
        }
        return all.filter(\.folded.rises) + all.filter { !$0.folded.rises }
    }

    /// The bias of an output, given its weights `[inputs]`.
    func foldedBias<Element: BinaryFloatingPoint>(
        _ inputs: [OrderedInput<Element>], _ weights: UnsafePointer<Float>, _ bias: Float
    ) -> Element {
        Element(inputs.reduce(Double(bias)) { $0 + $1.folded.bias(weights[$1.index]) })
    }
}

/// The buffers of a `PointwiseConvolution`. Nothing is owned; every pointer outlives the call.
public struct PointwiseOperands<Element: BitwiseCopyable & Sendable> {
    /// Feature planes: pixel `p` of plane `c` at `c * inputPlaneStride + p`.
    public var input: UnsafePointer<Element>
    /// Elements from one input plane to the next.
    public var inputPlaneStride: Int
    /// What `gather` made.
    public var inputs: GatheredInputs<Element>
    /// What `pack` made.
    public var weights: UnsafePointer<Element>
    /// The output planes.
    public var output: UnsafeMutablePointer<Element>
    /// Where output planes and their rows lie.
    public var outputLayout: PointwiseOutputLayout
    /// The plane of each output channel, `[groups * outputs]`.
    public var outputPlanes: UnsafePointer<Int32>

    /// Names the buffers.
    public init(
        input: UnsafePointer<Element>, inputPlaneStride: Int, inputs: GatheredInputs<Element>,
        weights: UnsafePointer<Element>,
        output: UnsafeMutablePointer<Element>, outputLayout: PointwiseOutputLayout, outputPlanes: UnsafePointer<Int32>
    ) {
        self.input = input
        self.inputPlaneStride = inputPlaneStride
        self.inputs = inputs
        self.weights = weights
        self.output = output
        self.outputLayout = outputLayout
        self.outputPlanes = outputPlanes
    }
}

/// The layout of the output planes of a `PointwiseConvolution`.
public enum PointwiseOutputLayout {
    /// Pixel `(y, x)` of a plane at `y * width + x`; planes `planeStride` elements apart. Pixels outside the
    /// requested rows are left alone.
    case planes(planeStride: Int)
    /// Rows with gaps, which are left alone; row `0` of the buffer is row `firstRow` of the image.
    case padded(PaddedPlanes, firstRow: Int)

    /// Elements from one output plane to the next.
    var planeStride: Int {
        switch self {
        case .planes(let planeStride): planeStride
        case .padded(let layout, _): layout.planeStride
        }
    }
}
