/// A grouped convolution of any kernel size, stride and zero padding.
///
/// For output channel `o` of a group with inputs `i`:
///
///     y(o, r, x) = bias[o] + Σ i Σ dy Σ dx weights[o, i, dy, dx] * input[i][r * stride + dy − p][x * stride + dx − p]
///
/// with padding `p`, followed by ReLU where `rectifiesOutput` is set. Each sum begins with the bias and takes inputs, then
/// rows, then columns of the kernel in ascending order, one fused multiply-add each, padding included, so results do not
/// depend on how the work is split. The inputs under each kernel position are copied into a panel, as a 1×1 convolution
/// gathers its own.
public struct Convolution2D: Sendable, Equatable {
    /// Groups.
    public let groups: Int
    /// Input channels of one group.
    public let inputs: Int
    /// Output channels of one group.
    public let outputs: Int
    /// Columns of the input.
    public let inputWidth: Int
    /// Rows of the input.
    public let inputHeight: Int
    /// Columns of the kernel.
    public let kernelWidth: Int
    /// Rows of the kernel.
    public let kernelHeight: Int
    /// Input pixels from one output pixel to the next, both ways.
    public let stride: Int
    /// Zeros on each side of the input.
    public let padding: Int
    /// The product of panels and packed weights that the convolution comes down to.
    let product: PointwiseConvolution

    /// A convolution from `groups * inputs` to `groups * outputs` planes.
    public init(
        groups: Int, inputs: Int, outputs: Int, inputWidth: Int, inputHeight: Int, kernelWidth: Int, kernelHeight: Int,
        stride: Int, padding: Int, rectifiesOutput: Bool
    ) {
        precondition(groups >= 0 && inputs >= 0 && outputs >= 0 && inputWidth >= 0 && inputHeight >= 0)
        precondition(kernelWidth > 0 && kernelHeight > 0 && stride > 0 && padding >= 0)
        self.groups = groups
        self.inputs = inputs
        self.outputs = outputs
        self.inputWidth = inputWidth
        self.inputHeight = inputHeight
        self.kernelWidth = kernelWidth
        self.kernelHeight = kernelHeight
        self.stride = stride
        self.padding = padding
        let columns = inputWidth + 2 * padding - kernelWidth
        let rows = inputHeight + 2 * padding - kernelHeight
        product = PointwiseConvolution(
            groups: groups, inputs: inputs * kernelWidth * kernelHeight, outputs: outputs,
            width: columns < 0 ? 0 : columns / stride + 1, height: rows < 0 ? 0 : rows / stride + 1,
            rectifiesOutput: rectifiesOutput)
    }

    /// Columns of the output.
    public var width: Int { product.width }
    /// Rows of the output.
    public var height: Int { product.height }
    /// Whether ReLU is applied to the sums.
    public var rectifiesOutput: Bool { product.rectifiesOutput }
    /// Floats in the packed weights.
    public var packedCount: Int { product.packedCount }
    /// Floats of scratch that one call of `run` needs.
    public var scratchCount: Int { product.inputs * Pixels16.width }
    /// Multiply-adds of the whole convolution, the padding's included.
    public var multiplyAdds: Int { product.multiplyAdds }

    /// Packs weights for `run`.
    ///
    /// - Parameters:
    ///   - weights: `[groups * outputs][inputs][kernelHeight][kernelWidth]`.
    ///   - bias: `[groups * outputs]`, or nil for zero.
    ///   - packed: receives `packedCount` floats.
    public func pack(
        weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, into packed: UnsafeMutablePointer<Float>
    ) {
        product.pack(weights: weights, bias: bias, into: packed)
    }
}

/// The buffers of a `Convolution2D`. Nothing is owned; every pointer outlives the call.
public struct Convolution2DOperands {
    /// Input planes: pixel `(y, x)` of channel `c` at `c * inputPlaneStride + y * inputWidth + x`.
    public var input: UnsafePointer<Float>
    /// Floats from one input plane to the next.
    public var inputPlaneStride: Int
    /// What `pack` made.
    public var weights: UnsafePointer<Float>
    /// Output planes, laid out likewise. Pixels outside the requested rows are left alone.
    public var output: UnsafeMutablePointer<Float>
    /// Floats from one output plane to the next.
    public var outputPlaneStride: Int

    /// Names the buffers.
    public init(
        input: UnsafePointer<Float>, inputPlaneStride: Int, weights: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>, outputPlaneStride: Int
    ) {
        self.input = input
        self.inputPlaneStride = inputPlaneStride
        self.weights = weights
        self.output = output
        self.outputPlaneStride = outputPlaneStride
    }
}
