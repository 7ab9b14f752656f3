/// A grouped 1×1 convolution that may gather its inputs and apply a scale, a shift and ReLU to each on the way in.
///
/// For group `g`, output `m` and pixel `p`:
///
///     v(k, p) = input[plane(g, k)][p]                                   without a scale
///             = max(input[plane(g, k)][p] * scale[g, k] + shift[g, k], 0)   with one
///     y(g, m, p) = bias[g, m] + Σ k weights[g, m, k] * v(k, p)
///
/// followed by ReLU where `rectifiesOutput` is set. Scale and shift are folded into weights and biases, and a bound is
/// left of each input's ReLU (`FoldedActivation`). Each sum begins with the bias and takes first the inputs of positive
/// scale, then those of negative scale, both in ascending order, with one fused multiply-add for each (`multiplyAdd`),
/// whatever tile computes it, so results do not depend on how the work is split. NaN passes through both ReLUs.
///
/// A result lies within `(inputs + 4) · 2⁻²⁴ · (|bias| + Σ k |weights| (|input · scale| + 2 |shift|))` of the exact value:
/// each step of the sum rounds once, and so do folded weights, bounds and the bias. Not so where a folded weight or bound
/// is subnormal or overflows, or an input is beyond what `FoldedActivation` takes for constant.
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
    /// Whether ReLU is applied to the sums.
    public let rectifiesOutput: Bool

    /// Scale and shift of each input, `[groups][inputs]` each.
    public typealias Activation = (scale: UnsafePointer<Float>, shift: UnsafePointer<Float>)

    /// Floats beyond the packed weights that kernels read and ignore.
    static let packedSlack = 4

    /// A convolution from `groups * inputs` (gathered) planes to `groups * outputs` planes of `height` × `width`
    /// pixels.
    ///
    /// - Precondition: no number is negative.
    public init(groups: Int, inputs: Int, outputs: Int, width: Int, height: Int, rectifiesOutput: Bool) {
        precondition(groups >= 0 && inputs >= 0 && outputs >= 0 && width >= 0 && height >= 0)
        self.groups = groups
        self.inputs = inputs
        self.outputs = outputs
        self.width = width
        self.height = height
        self.rectifiesOutput = rectifiesOutput
    }

    /// A group's outputs in tiles.
    var tiling: OutputTiling { OutputTiling(outputs: outputs) }

    /// Floats of one group's packed weights.
    var packedGroupCount: Int { (inputs + 1) * tiling.outputs }

    /// Floats in the packed weights: for each group and output tile `[1 + inputs][outputs of the tile]`, the bias first.
    public var packedCount: Int { groups * packedGroupCount + Self.packedSlack }

    /// Floats of scratch that one call of `run` needs.
    public var scratchCount: Int { inputs * WidePixels.width }

    /// Multiply-adds of the whole convolution.
    public var multiplyAdds: Int { groups * inputs * outputs * width * height }

    /// Packs weights for `run`.
    ///
    /// - Parameters:
    ///   - weights: `[groups * outputs][inputs]`.
    ///   - bias: `[groups * outputs]`, or nil for zero.
    ///   - activation: scale and shift of each input, `[groups][inputs]` each; nil for inputs that are taken as they are.
    ///   - packed: receives `packedCount` floats.
    public func pack(
        weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, activation: Activation?,
        into packed: UnsafeMutablePointer<Float>
    ) {
        var destination = packed
        for group in 0..<groups {
            let inputs = ordered(group, activation)
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
                        destination[(row + 1) * count + lane] = input.activation.weight(weights[input.index])
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
    ///   - activation: as for `pack`.
    ///   - gathered: receives `[groups][inputs]`, uninitialised before.
    public func gather(
        planes: UnsafePointer<Int32>, activation: Activation?, into gathered: UnsafeMutablePointer<GatheredInput>
    ) {
        for group in 0..<groups {
            let first = group * inputs
            for (place, input) in ordered(group, activation).enumerated() {
                (gathered + first + place).initialize(
                    to: GatheredInput(plane: planes[first + input.index], bound: input.activation.bound))
            }
        }
    }

    /// Counts the inputs of each group that are raised to their bounds, for `run`.
    ///
    /// - Parameters:
    ///   - activation: as for `pack`.
    ///   - rising: receives `[groups]`.
    public func countRising(activation: Activation?, into rising: UnsafeMutablePointer<Int32>) {
        for group in 0..<groups {
            rising[group] = Int32(ordered(group, activation).count(where: \.activation.rises))
        }
    }

    /// An input of a group, with its number there.
    typealias OrderedInput = (index: Int, activation: FoldedActivation)

    /// The inputs of a group in the order in which sums take them.
    func ordered(_ group: Int, _ activation: Activation?) -> [OrderedInput] {
        let all = (0..<inputs).map { index in
            let entry = group * inputs + index
            return OrderedInput(
                index,
                activation.map { FoldedActivation(scale: $0.scale[entry], shift: $0.shift[entry]) } ?? .identity)
        }
        return all.filter(\.activation.rises) + all.filter { !$0.activation.rises }
    }

    /// The bias of an output, given its weights `[inputs]`.
    func foldedBias(_ inputs: [OrderedInput], _ weights: UnsafePointer<Float>, _ bias: Float) -> Float {
        Float(inputs.reduce(Double(bias)) { $0 + $1.activation.bias(weights[$1.index]) })
    }
}

/// The buffers of a `PointwiseConvolution`. Nothing is owned; every pointer outlives the call.
public struct PointwiseOperands {
    /// Feature planes: pixel `p` of plane `c` at `c * inputPlaneStride + p`.
    public var input: UnsafePointer<Float>
    /// Floats from one input plane to the next.
    public var inputPlaneStride: Int
    /// What `gather` made.
    public var inputs: GatheredInputs
    /// What `pack` made.
    public var weights: UnsafePointer<Float>
    /// The output planes.
    public var output: UnsafeMutablePointer<Float>
    /// Where output planes and their rows lie.
    public var outputLayout: OutputLayout
    /// The plane of each output channel, `[groups * outputs]`.
    public var outputPlanes: UnsafePointer<Int32>

    /// The layout of the output planes.
    public enum OutputLayout {
        /// Pixel `(y, x)` of a plane at `y * width + x`; planes `planeStride` floats apart. Pixels outside the
        /// requested rows are left alone.
        case planes(planeStride: Int)
        /// Rows with gaps, which are left alone; row `0` of the buffer is row `firstRow` of the image.
        case padded(PaddedPlanes, firstRow: Int)

        /// Floats from one output plane to the next.
        var planeStride: Int {
            switch self {
            case .planes(let planeStride): planeStride
            case .padded(let layout, _): layout.planeStride
            }
        }
    }

    /// Names the buffers.
    public init(
        input: UnsafePointer<Float>, inputPlaneStride: Int, inputs: GatheredInputs, weights: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>, outputLayout: OutputLayout, outputPlanes: UnsafePointer<Int32>
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
