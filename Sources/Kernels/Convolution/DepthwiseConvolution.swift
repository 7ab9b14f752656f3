import ModelFormat

/// A convolution of every plane by itself, of any square kernel, stride and zero padding.
///
///     y(c, r, x) = bias[c] + Σ dy Σ dx weights[c, dy, dx] * input[c][r * stride + dy − p][x * stride + dx − p]
///
/// with padding `p`, followed by `activation`. Each sum begins with the bias and takes rows, then
/// columns of the kernel in ascending order, one fused multiply-add each, padding included. A plane is first copied with its
/// padding, columns apart by their remainder modulo the stride, so that neighbouring outputs read neighbouring elements.
public struct DepthwiseConvolution: Sendable, Equatable {
    /// Planes.
    public let channels: Int
    /// Columns of the input.
    public let inputWidth: Int
    /// Rows of the input.
    public let inputHeight: Int
    /// Columns and rows of the kernel.
    public let kernel: Int
    /// Input pixels from one output pixel to the next, both ways.
    public let stride: Int
    /// Zeros on each side of the input.
    public let padding: Int
    /// What is applied to the sums.
    public let activation: Activation

    /// A convolution of `channels` planes of `inputHeight` × `inputWidth` pixels.
    ///
    /// - Precondition: kernel and stride are positive, and no number is negative.
    public init(
        channels: Int, inputWidth: Int, inputHeight: Int, kernel: Int, stride: Int, padding: Int, activation: Activation
    ) {
        precondition(channels >= 0 && inputWidth >= 0 && inputHeight >= 0)
        precondition(kernel > 0 && stride > 0 && padding >= 0)
        self.channels = channels
        self.inputWidth = inputWidth
        self.inputHeight = inputHeight
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.activation = activation
    }

    /// Columns of the output.
    public var width: Int { size(inputWidth) }
    /// Rows of the output.
    public var height: Int { size(inputHeight) }

    private func size(_ input: Int) -> Int {
        let span = input + 2 * padding - kernel
        return span < 0 ? 0 : span / stride + 1
    }

    /// Elements in the packed weights of one plane: the bias, then the kernel row by row.
    private var packedPlaneCount: Int { 1 + kernel * kernel }
    /// Elements in the packed weights.
    public var packedCount: Int { channels * packedPlaneCount }

    /// Padded rows that windows reach.
    private var rows: Int { max(0, height - 1) * stride + kernel }
    /// Elements from one padded row to the next, in the columns of one remainder; vectors may begin at any output.
    private var rowStride: Int { roundUp(width + (kernel - 1) / stride, toMultipleOf: 8) + 8 }
    /// Elements of scratch that one call of `run` needs.
    public var scratchCount: Int { stride * rows * rowStride + 16 }

    /// Packs weights for `run`.
    ///
    /// - Parameters:
    ///   - weights: `[channels][kernel][kernel]`.
    ///   - bias: `[channels]`, or nil for zero.
    ///   - packed: receives `packedCount` elements, each rounded from single precision.
    public func pack<Element: BinaryFloatingPoint>(
        weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, into packed: UnsafeMutablePointer<Element>
    ) {
        for channel in 0..<channels {
            let destination = packed + channel * packedPlaneCount
            destination[0] = Element(bias?[channel] ?? 0)
            for tap in 0..<kernel * kernel { destination[1 + tap] = Element(weights[channel * kernel * kernel + tap]) }
        }
    }

    /// Convolves the given planes. Calls for different planes may run at the same time if each has its own scratch.
    /// Allocates nothing.
    ///
    /// - Parameters:
    ///   - operands: where the planes and packed weights are.
    ///   - range: the planes to compute.
    ///   - scratch: `scratchCount` elements.
    /// - Precondition: the planes lie in both buffers, and the range within `0..<channels`.
    func run<Element: TiledElement>(
        _: Element.Type, _ operands: PlaneOperands<Element>, channels range: Range<Int>,
        scratch: UnsafeMutablePointer<Element>
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= channels)
        guard width > 0 else { return }
        let columns = PixelTiling(pixels: width)
        for channel in range {
            separate(operands.input + channel &* operands.inputPlaneStride, into: scratch)
            let weights = operands.weights + channel &* packedPlaneCount
            let plane = operands.output + channel &* operands.outputPlaneStride
            for row in 0..<height {
                var column = 0
                for _ in 0..<columns.tiles16 { tile(Element.Pixels16.self, scratch, weights, plane, row, &column) }
                for _ in 0..<columns.tiles8 { tile(Pixels8<Element>.self, scratch, weights, plane, row, &column) }
            }
        }
    }

    /// Copies a plane: padded row `y`, column `x` to `(x % stride * rows + y) * rowStride + x / stride`.
    @inline(__always)
    private func separate<Element: KernelElement>(
        _ plane: UnsafePointer<Element>, into scratch: UnsafeMutablePointer<Element>
    ) {
        for remainder in 0..<stride {
            // The first column of the image that belongs here, and its place.
            let place = max(0, padding &- remainder &+ stride &- 1) / stride
            let first = place &* stride &+ remainder &- padding
            let count = min(max(0, (inputWidth &- first &+ stride &- 1) / stride), max(0, rowStride &- place))
            for row in 0..<rows {
                let destination = scratch + (remainder &* rows &+ row) &* rowStride
                let y = row &- padding
                guard y >= 0, y < inputHeight else {
                    destination.update(repeating: 0, count: rowStride)
                    continue
                }
                destination.update(repeating: 0, count: min(place, rowStride))
                copyStrided(
                    destination + place, from: plane + (y &* inputWidth &+ first), count: count, stride: stride)
                (destination + place + count).update(repeating: 0, count: max(0, rowStride &- place &- count))
            }
        }
    }

    @inline(__always)
    private func tile<P: PixelVectors>(
        _: P.Type, _ scratch: UnsafePointer<P.Element>, _ weights: UnsafePointer<P.Element>,
        _ plane: UnsafeMutablePointer<P.Element>, _ row: Int, _ column: inout Int
    ) {
        let first = PixelTiling.start(P.self, column, in: width)
        var sums = P(repeating: weights[0])
        var weight = weights + 1
        var line = scratch + (row &* stride &* rowStride &+ first)
        let nextRemainder = rows &* rowStride
        for _ in 0..<kernel {
            var (pixels, remainder) = (line, 0)
            for _ in 0..<kernel {
                sums.addProduct(P(loading: pixels), weight[0])
                weight += 1
                remainder &+= 1
                pixels += nextRemainder
                if remainder == stride {
                    remainder = 0
                    pixels += 1 &- stride &* nextRemainder
                }
            }
            line += rowStride
        }
        let result = activation.applied(to: sums)
        ContiguousPixels(first: row &* width &+ first, count: width &- first).store(result, in: plane)
        column &+= P.width
    }

    /// What `run` computes, in the plainest way, for all planes, from unpacked weights.
    func runReference<Element: KernelElement>(
        _: Element.Type, _ operands: PlaneOperands<Element>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?
    ) {
        Convolution2D(
            groups: channels, inputs: 1, outputs: 1, inputWidth: inputWidth, inputHeight: inputHeight,
            kernelWidth: kernel, kernelHeight: kernel, stride: stride, padding: padding, activation: activation
        ).runReference(
            Element.self,
            Convolution2DOperands(
                input: operands.input, inputPlaneStride: operands.inputPlaneStride, weights: operands.weights,
                output: operands.output, outputPlaneStride: operands.outputPlaneStride), weights: weights, bias: bias)
    }
}
