import ModelFormat

/// A grouped convolution of any kernel size, stride and zero padding, that may gather its inputs, and scale, shift and
/// activate each on the way in.
///
/// For output channel `o` of a group with inputs `i`, with the activations `f` (`preActivation`) and `h` (`activation`):
///
///     v(i) = f(input[plane(i)] * scale[i] + shift[i])                       without a normalisation scale 1 and shift 0
///     y(o, r, x) = h(bias[o] + Σ i Σ dy Σ dx weights[o, i, dy, dx] * v(i)[r * stride + dy − p][x * stride + dx − p])
///
/// with padding `p`, which counts as 0 after `f`. Each sum begins with the bias and takes inputs, then rows, then columns of
/// the kernel in ascending order, one fused multiply-add each, padding included, so results do not depend on how the work
/// is split.
///
/// It is a product of matrices in blocks: for some pixels and some inputs at a time, what lies under each tap of the
/// kernel is copied into a panel that stays in the first-level cache while all outputs are computed of it. Where there is
/// more than one block of inputs, sums are laid aside between blocks. It suits groups with many inputs and outputs.
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
    /// Columns of the output.
    public let width: Int
    /// Rows of the output.
    public let height: Int
    /// Whether inputs are gathered.
    public let gathers: Bool
    /// Whether inputs are scaled and shifted.
    public let normalizes: Bool
    /// What is applied to the inputs, after scale and shift.
    public let preActivation: Activation
    /// What is applied to the sums.
    public let activation: Activation

    /// Outputs that are computed together; a group's last tile is filled up with zero weights.
    static let tileOutputs = 4
    /// Pixels of a tile.
    private static let pixels = 16

    /// A convolution from `groups * inputs` to `groups * outputs` planes.
    ///
    /// - Precondition: the kernel's sides and the stride are positive, and no number is negative.
    public init(
        groups: Int, inputs: Int, outputs: Int, inputWidth: Int, inputHeight: Int, kernelWidth: Int, kernelHeight: Int,
        stride: Int, padding: Int, gathers: Bool = false, normalizes: Bool = false, preActivation: Activation = .none,
        activation: Activation
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
        self.gathers = gathers
        self.normalizes = normalizes
        self.preActivation = preActivation
        self.activation = activation
        let columns = inputWidth + 2 * padding - kernelWidth
        let rows = inputHeight + 2 * padding - kernelHeight
        width = columns < 0 ? 0 : columns / stride + 1
        height = rows < 0 ? 0 : rows / stride + 1
    }

    /// Weights of one kernel.
    var taps: Int { kernelWidth * kernelHeight }
    /// Output tiles in a group.
    var outputTiles: Int { roundUp(outputs, toMultipleOf: Self.tileOutputs) / Self.tileOutputs }
    /// Elements in one group's packed weights.
    var packedGroupCount: Int { outputTiles * Self.tileOutputs * (1 + inputs * taps) }
    /// Blocks of inputs; one even where there are no inputs.
    var inputBlocks: Int {
        let limit = max(1, KernelTable.blockProducts / taps)
        return max(1, (inputs + limit - 1) / limit)
    }
    /// Inputs of all blocks but the last.
    var blockInputs: Int { (inputs + inputBlocks - 1) / inputBlocks }
    /// Whether inputs are changed on the way in.
    var transformsInputs: Bool { normalizes || preActivation != .none }
    /// Whether every pixel is a window of its own, so that planes can be read as they are.
    var readsInPlace: Bool { taps == 1 && stride == 1 && padding == 0 && !gathers && !transformsInputs }

    /// Pixels that are computed together, for all blocks of inputs and all outputs: whole tiles of 16.
    var blockPixels: Int {
        let tiles = KernelTable.savedElements / (Self.pixels * max(1, outputTiles * Self.tileOutputs))
        return max(1, tiles) * Self.pixels
    }

    /// The padded rows under a block of pixels.
    var band: PaddedBand {
        let rows = min(height, (blockPixels + width - 2) / max(1, width) + 1)
        return PaddedBand(
            inputWidth: inputWidth, inputHeight: inputHeight, padding: padding,
            rows: max(0, rows - 1) * stride + kernelHeight)
    }

    /// Elements of a panel, and of the excess of its last row.
    var panelCount: Int { blockInputs * taps * Self.pixels + 8 }
    /// Elements of sums laid aside.
    var savedCount: Int {
        inputBlocks == 1 ? 0 : (blockPixels + Self.pixels) * outputTiles * Self.tileOutputs
    }

    /// Elements in the packed weights: for each group its biases by fours, then for each block of inputs and each four
    /// outputs `[inputs of the block][kernelHeight][kernelWidth][4]`.
    public var packedCount: Int { groups * packedGroupCount }
    /// Elements of scratch that one call of `run` needs.
    public var scratchCount: Int {
        panelCount + savedCount + (readsInPlace ? 0 : band.count(planes: blockInputs))
    }
    /// Multiply-adds of the whole convolution, the padding's included.
    public var multiplyAdds: Int { groups * inputs * outputs * taps * width * height }

    /// Packs weights for `run`.
    ///
    /// - Parameters:
    ///   - weights: `[groups * outputs][inputs][kernelHeight][kernelWidth]`.
    ///   - bias: `[groups * outputs]`, or nil for zero.
    ///   - packed: receives `packedCount` elements, each rounded from single precision.
    public func pack<Element: BinaryFloatingPoint>(
        weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, into packed: UnsafeMutablePointer<Element>
    ) {
        var destination = packed
        for group in 0..<groups {
            let lanes = outputTiles * Self.tileOutputs
            for lane in 0..<lanes {
                destination[lane] = lane < outputs ? Element(bias?[group * outputs + lane] ?? 0) : 0
            }
            destination += lanes
            for firstInput in Swift.stride(from: 0, to: inputs, by: max(1, blockInputs)) {
                let products = min(blockInputs, inputs - firstInput) * taps
                for lane in 0..<lanes {
                    let tile = destination + lane / Self.tileOutputs * products * Self.tileOutputs
                    let source = weights + ((group * outputs + lane) * inputs + firstInput) * taps
                    for product in 0..<products {
                        tile[product * Self.tileOutputs + lane % Self.tileOutputs] =
                            lane < outputs ? Element(source[product]) : 0
                    }
                }
                destination += products * lanes
            }
        }
    }
}

/// The buffers of a `Convolution2D`. Nothing is owned; every pointer outlives the call.
public struct Convolution2DOperands<Element> {
    /// Input planes: pixel `(y, x)` of plane `c` at `c * inputPlaneStride + y * inputWidth + x`.
    public var input: UnsafePointer<Element>
    /// Elements from one input plane to the next.
    public var inputPlaneStride: Int
    /// The plane of each input channel, `[groups * inputs]`; nil where channel `c` is plane `c`.
    public var inputPlanes: UnsafePointer<Int32>?
    /// Scale and shift of each input channel, `[groups * inputs]` each; nil for 1 and 0.
    public var normalization: Normalization<Element>?
    /// What `pack` made.
    public var weights: UnsafePointer<Element>
    /// Output planes, laid out likewise. Pixels outside the requested rows are left alone.
    public var output: UnsafeMutablePointer<Element>
    /// Elements from one output plane to the next.
    public var outputPlaneStride: Int
    /// The plane of each output channel, `[groups * outputs]`; nil where channel `c` is plane `c`.
    public var outputPlanes: UnsafePointer<Int32>?

    /// Names the buffers.
    public init(
        input: UnsafePointer<Element>, inputPlaneStride: Int, inputPlanes: UnsafePointer<Int32>? = nil,
        normalization: Normalization<Element>? = nil, weights: UnsafePointer<Element>,
        output: UnsafeMutablePointer<Element>, outputPlaneStride: Int, outputPlanes: UnsafePointer<Int32>? = nil
    ) {
        self.input = input
        self.inputPlaneStride = inputPlaneStride
        self.inputPlanes = inputPlanes
        self.normalization = normalization
        self.weights = weights
        self.output = output
        self.outputPlaneStride = outputPlaneStride
        self.outputPlanes = outputPlanes
    }

    /// The first pixel of an input channel.
    func inputPlane(_ channel: Int) -> UnsafePointer<Element> {
        input + (inputPlanes.map { Int($0[channel]) } ?? channel) &* inputPlaneStride
    }

    /// The first pixel of an output channel.
    func outputPlane(_ channel: Int) -> UnsafeMutablePointer<Element> {
        output + (outputPlanes.map { Int($0[channel]) } ?? channel) &* outputPlaneStride
    }
}
