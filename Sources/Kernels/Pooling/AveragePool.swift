import ModelFormat

/// Average pooling with any square window and stride, without padding, that may gather its channels, and scale, shift and
/// activate each on the way in.
///
/// For output `c` with `v = f(input[plane(c)] * scale[c] + shift[c])` (`preActivation`; without a normalisation scale 1 and
/// shift 0):
///
///     y(c, r, x) = (Σ dx (Σ dy v[r * stride + dy][x * stride + dx])) / window²
///
/// Each column of a window is summed from the top down, then the columns from left to right, and the sum is multiplied by
/// the rounded reciprocal of `window²`. Rows and columns that no window reaches are left out.
public struct AveragePool: Sendable, Equatable {
    /// Columns of the input.
    public let inputWidth: Int
    /// Rows of the input.
    public let inputHeight: Int
    /// Columns and rows of the window.
    public let window: Int
    /// Input pixels from one output pixel to the next, both ways.
    public let stride: Int
    /// What is applied to the inputs, after scale and shift.
    public let preActivation: Activation

    /// Pooling of planes of `inputHeight` × `inputWidth` pixels.
    ///
    /// - Precondition: window and stride are positive, and no number is negative.
    public init(inputWidth: Int, inputHeight: Int, window: Int, stride: Int, preActivation: Activation = .none) {
        precondition(inputWidth >= 0 && inputHeight >= 0 && window > 0 && stride > 0)
        self.inputWidth = inputWidth
        self.inputHeight = inputHeight
        self.window = window
        self.stride = stride
        self.preActivation = preActivation
    }

    /// Columns of the output.
    public var width: Int { inputWidth < window ? 0 : (inputWidth - window) / stride + 1 }
    /// Rows of the output.
    public var height: Int { inputHeight < window ? 0 : (inputHeight - window) / stride + 1 }

    /// Elements of scratch that one call of `run` needs.
    public var scratchCount: Int { inputWidth }

    /// Pools the planes of the given outputs. Calls for different channels may run at the same time if each has its own
    /// scratch. Allocates nothing.
    ///
    /// - Parameters:
    ///   - operands: where the planes are.
    ///   - channels: the outputs to compute.
    ///   - scratch: `scratchCount` elements.
    /// - Precondition: the planes lie in both buffers.
    func run<Element: TiledElement>(
        _: Element.Type, _ operands: PoolingOperands<Element>, channels: Range<Int>,
        scratch: UnsafeMutablePointer<Element>
    ) {
        switch preActivation {
        case .none: run(Identity.self, operands, channels, scratch)
        case .relu: run(ReLU.self, operands, channels, scratch)
        case .hardSwish: run(HardSwish.self, operands, channels, scratch)
        }
    }

    private func run<Function: ActivationFunction, Element: TiledElement>(
        _: Function.Type, _ operands: PoolingOperands<Element>, _ channels: Range<Int>,
        _ scratch: UnsafeMutablePointer<Element>
    ) {
        let factor = reciprocal(Element.self)
        for channel in channels {
            let (scale, shift) = operands.factors(of: channel)
            for row in 0..<height {
                let source = operands.inputPlane(channel) + row &* stride &* inputWidth
                sumColumns(Function.self, source, scale, shift, into: scratch)
                let destination = operands.output + (channel &* operands.outputPlaneStride &+ row &* width)
                for column in 0..<width {
                    let first = column &* stride
                    var sum = scratch[first]
                    for offset in 1..<window { sum += scratch[first &+ offset] }
                    destination[column] = sum * factor
                }
            }
        }
    }

    /// The sums of the columns of one row of windows.
    @inline(__always)
    private func sumColumns<Function: ActivationFunction, Element: TiledElement>(
        _: Function.Type, _ source: UnsafePointer<Element>, _ scale: Element, _ shift: Element,
        into sums: UnsafeMutablePointer<Element>
    ) {
        func value<Pixels: PixelVectors<Element>>(_ row: Int, _ column: Int) -> Pixels {
            var pixels = Pixels(repeating: shift)
            pixels.addProduct(Pixels(loading: source + (row &* inputWidth &+ column)), scale)
            return Function.apply(pixels)
        }
        var column = 0
        while column &+ 8 <= inputWidth {
            var sum = (value(0, column) as Pixels8).vector
            for row in 1..<window { sum = Element.add(sum, (value(row, column) as Pixels8).vector) }
            storeVector(sum, sums + column)
            column &+= 8
        }
        while column < inputWidth {
            var sum = Function.apply(multiplyAdd(shift, source[column], scale))
            for row in 1..<window {
                sum += Function.apply(multiplyAdd(shift, source[row &* inputWidth &+ column], scale))
            }
            sums[column] = sum
            column &+= 1
        }
    }

    private func reciprocal<Element: KernelElement>(_: Element.Type) -> Element {
        Element(1 / Double(window * window))
    }

    /// What `run` computes, a pixel at a time.
    func runReference<Element: KernelElement>(
        _: Element.Type, _ operands: PoolingOperands<Element>, channels: Range<Int>
    ) {
        for channel in channels {
            let (scale, shift) = operands.factors(of: channel)
            let plane = operands.inputPlane(channel)
            for y in 0..<height {
                for x in 0..<width {
                    let columns = (0..<window).map { dx in
                        (0..<window).map { dy in
                            let pixel = plane[(y * stride + dy) * inputWidth + x * stride + dx]
                            return preActivation.applied(to: multiplyAdd(shift, pixel, scale))
                        }
                    }
                    let sums = columns.map { $0.dropFirst().reduce($0[0], +) }
                    operands.output[channel * operands.outputPlaneStride + y * width + x] =
                        sums.dropFirst().reduce(sums[0], +) * reciprocal(Element.self)
                }
            }
        }
    }
}

/// The buffers of an `AveragePool`. Nothing is owned; every pointer outlives the call.
public struct PoolingOperands<Element> {
    /// Input planes: pixel `(y, x)` of plane `c` at `c * inputPlaneStride + y * inputWidth + x`.
    public var input: UnsafePointer<Element>
    /// Elements from one input plane to the next.
    public var inputPlaneStride: Int
    /// The plane of each channel; nil where channel `c` is plane `c`.
    public var inputPlanes: UnsafePointer<Int32>?
    /// Scale and shift of each channel; nil for 1 and 0.
    public var normalization: Normalization<Element>?
    /// Output planes, laid out likewise, with their own width.
    public var output: UnsafeMutablePointer<Element>
    /// Elements from one output plane to the next.
    public var outputPlaneStride: Int

    /// Names the buffers.
    public init(
        input: UnsafePointer<Element>, inputPlaneStride: Int, inputPlanes: UnsafePointer<Int32>? = nil,
        normalization: Normalization<Element>? = nil, output: UnsafeMutablePointer<Element>, outputPlaneStride: Int
    ) {
        self.input = input
        self.inputPlaneStride = inputPlaneStride
        self.inputPlanes = inputPlanes
        self.normalization = normalization
        self.output = output
        self.outputPlaneStride = outputPlaneStride
    }

    /// The first pixel of an input channel.
    func inputPlane(_ channel: Int) -> UnsafePointer<Element> {
        input + (inputPlanes.map { Int($0[channel]) } ?? channel) &* inputPlaneStride
    }
}

extension PoolingOperands where Element: KernelElement {
    /// Scale and shift of a channel.
    func factors(of channel: Int) -> (scale: Element, shift: Element) {
        normalization.map { ($0.scale[channel], $0.shift[channel]) } ?? (1, 0)
    }
}
