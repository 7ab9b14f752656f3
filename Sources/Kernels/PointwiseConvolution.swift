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

    /// Outputs that are computed together; a group's last tile is filled up with zero weights.
    static let tileOutputs = 4

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

    /// Output tiles in a group.
    var outputTiles: Int { roundUp(outputs, toMultipleOf: Self.tileOutputs) / Self.tileOutputs }

    /// Floats of one packed output tile: four biases, then four weights for each input.
    var packedTileCount: Int { (inputs + 1) * Self.tileOutputs }

    /// Tiles of `pixels` pixels that are gathered at a time.
    func blockTiles(pixels: Int) -> Int {
        max(1, KernelChoice.panelFloats / max(1, inputs * pixels))
    }

    /// Floats in the packed weights: for each group and each four outputs `[1 + inputs][4]`, the bias first.
    public var packedCount: Int { groups * outputTiles * packedTileCount }

    /// Floats of scratch that one call of `run` needs.
    public var scratchCount: Int { max(KernelChoice.panelFloats, inputs * Pixels16.width) }

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
            for tile in 0..<outputTiles {
                for lane in 0..<Self.tileOutputs {
                    let output = tile * Self.tileOutputs + lane
                    let channel = group * outputs + output
                    destination[lane] = output < outputs ? bias?[channel] ?? 0 : 0
                    for input in 0..<inputs {
                        destination[(input + 1) * Self.tileOutputs + lane] =
                            output < outputs ? weights[channel * inputs + input] : 0
                    }
                }
                destination += packedTileCount
            }
        }
    }
}

/// The buffers of a `PointwiseConvolution`. Nothing is owned; every pointer outlives the call.
public struct PointwiseOperands {
    /// Feature planes: pixel `p` of plane `c` at `c * inputPlaneStride + p`.
    public var input: UnsafePointer<Float>
    /// Floats from one input plane to the next.
    public var inputPlaneStride: Int
    /// The plane of each input, `[groups][inputs]`; nil where input `k` of group `g` is plane `g * inputs + k`.
    public var inputPlanes: UnsafePointer<Int32>?
    /// Scale and shift of each input, `[groups][inputs]` each; nil for inputs that are taken as they are.
    public var activation: (scale: UnsafePointer<Float>, shift: UnsafePointer<Float>)?
    /// What `pack` made.
    public var weights: UnsafePointer<Float>
    /// The output planes.
    public var output: UnsafeMutablePointer<Float>
    /// Where output planes and their rows lie.
    public var outputLayout: OutputLayout
    /// The plane of each output channel, `[groups * outputs]`; nil where channel `c` is plane `c`.
    public var outputPlanes: UnsafePointer<Int32>?

    /// The layout of the output planes.
    public enum OutputLayout {
        /// Pixel `(y, x)` of a plane at `y * width + x`; planes `planeStride` floats apart. Pixels outside the
        /// requested rows are left alone.
        case planes(planeStride: Int)
        /// Rows with gaps, which are left alone; row `0` of the buffer is row `firstRow` of the image.
        case padded(PaddedPlanes, firstRow: Int)
    }

    /// Names the buffers.
    public init(
        input: UnsafePointer<Float>, inputPlaneStride: Int, inputPlanes: UnsafePointer<Int32>? = nil,
        activation: (scale: UnsafePointer<Float>, shift: UnsafePointer<Float>)? = nil,
        weights: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, outputLayout: OutputLayout,
        outputPlanes: UnsafePointer<Int32>? = nil
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
