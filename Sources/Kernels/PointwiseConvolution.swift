/// A grouped 1×1 convolution that may gather its inputs and apply a scale, a shift and ReLU to each on the way in.
///
/// For group `g`, output `m` and pixel `p`:
///
///     v(k, p) = input[plane(g, k)][p]                                   without a scale
///             = max(input[plane(g, k)][p] * scale[g, k] + shift[g, k], 0)   with one
///     y(g, m, p) = bias[g, m] + Σ k weights[g, m, k] * v(k, p)
///
/// followed by ReLU where `rectifiesOutput` is set. Each sum begins with the bias and takes the inputs in ascending
/// order, one fused multiply-add for each (`multiplyAdd`), whatever tile computes it, so results do not depend on how
/// the work is split. NaN passes through both ReLUs.
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

    /// Floats beyond the packed weights that kernels read and ignore.
    static let packedSlack = 4

    /// A convolution from `groups * inputs` (gathered) planes to `groups * outputs` planes of `height` × `width`
    /// pixels.
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
    public var scratchCount: Int { inputs * KernelChoice.WidePixels.width }

    /// Multiply-adds of the whole convolution, without the scales.
    public var multiplyAdds: Int { groups * inputs * outputs * width * height }

    /// Packs weights for `run`.
    ///
    /// - Parameters:
    ///   - weights: `[groups * outputs][inputs]`.
    ///   - bias: `[groups * outputs]`, or nil for zero.
    ///   - packed: receives `packedCount` floats.
    public func pack(
        weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, into packed: UnsafeMutablePointer<Float>
    ) {
        var destination = packed
        for group in 0..<groups {
            var first = 0
            for tile in 0..<tiling.fours + tiling.sixes {
                let count = tile < tiling.fours ? 4 : 6
                for lane in 0..<count {
                    let output = first + lane
                    let channel = group * outputs + output
                    destination[lane] = output < outputs ? bias?[channel] ?? 0 : 0
                    for input in 0..<inputs {
                        destination[(input + 1) * count + lane] =
                            output < outputs ? weights[channel * inputs + input] : 0
                    }
                }
                destination += (inputs + 1) * count
                first += count
            }
        }
        destination.update(repeating: 0, count: Self.packedSlack)
    }
}

/// The buffers of a `PointwiseConvolution`. Nothing is owned; every pointer outlives the call.
public struct PointwiseOperands {
    /// Feature planes: pixel `p` of plane `c` at `c * inputPlaneStride + p`.
    public var input: UnsafePointer<Float>
    /// Floats from one input plane to the next.
    public var inputPlaneStride: Int
    /// The plane of each input, `[groups][inputs]`.
    public var inputPlanes: UnsafePointer<Int32>
    /// Scale and shift of each input, `[groups][inputs]` each; nil for inputs that are taken as they are.
    public var activation: (scale: UnsafePointer<Float>, shift: UnsafePointer<Float>)?
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
        input: UnsafePointer<Float>, inputPlaneStride: Int, inputPlanes: UnsafePointer<Int32>,
        activation: (scale: UnsafePointer<Float>, shift: UnsafePointer<Float>)? = nil,
        weights: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, outputLayout: OutputLayout,
        outputPlanes: UnsafePointer<Int32>
    ) {
        self.input = input
        self.inputPlaneStride = inputPlaneStride
        self.inputPlanes = inputPlanes
        self.activation = activation
        self.weights = weights
        self.output = output
        self.outputLayout = outputLayout
        self.outputPlanes = outputPlanes
    }
}
