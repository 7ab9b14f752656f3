/// The numbers that define a grouped convolution with a square kernel and zero padding.
public struct ConvolutionGeometry: Equatable, Sendable {
    /// Channels that the convolution sees, after any gather.
    public var inputChannels: Int
    public var outputChannels: Int
    public var groups: Int
    public var kernel: Int
    public var stride: Int
    public var padding: Int
    public var inputHeight: Int
    public var inputWidth: Int

    public init(
        inputChannels: Int, outputChannels: Int, groups: Int, kernel: Int, stride: Int, padding: Int, inputHeight: Int,
        inputWidth: Int
    ) {
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.groups = groups
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
    }

    public var outputHeight: Int { (inputHeight + 2 * padding - kernel) / stride + 1 }
    public var outputWidth: Int { (inputWidth + 2 * padding - kernel) / stride + 1 }
    public var inputsPerGroup: Int { inputChannels / groups }
    public var outputsPerGroup: Int { outputChannels / groups }
    /// Multiply-accumulates of one application.
    public var multiplyAccumulates: Int {
        outputChannels * inputsPerGroup * kernel * kernel * outputHeight * outputWidth
    }
}

/// Planes of a value: plane `c` starts `c · stride` floats after `base`, pixel (y, x) at `y · width + x`.
public struct Planes {
    public var base: UnsafeMutablePointer<Float>
    /// Floats from one plane to the next.
    public var stride: Int

    public init(base: UnsafeMutablePointer<Float>, stride: Int) {
        self.base = base
        self.stride = stride
    }

    /// The first pixel of plane `channel`.
    @inline(__always)
    public subscript(channel: Int) -> UnsafeMutablePointer<Float> { base + channel &* stride }
}

/// A grouped convolution, any kernel, stride and padding, computed as its definition reads.
///
/// Input channel `i` is plane `inputPlanes[i]`; where `scale` is given, each of its pixels `x` counts as
/// `max(x · scale[i] + shift[i], 0)`, and padding counts as 0. Output channel `o` is written to plane `outputPlanes[o]`.
///
/// - Parameters:
///   - weights: `[outputChannels, inputChannels/groups, kernel, kernel]`
///   - bias: `[outputChannels]`, or none
///   - outputRange: the output channels to compute
public func convolutionReference(
    _ geometry: ConvolutionGeometry, input: Planes, inputPlanes: UnsafePointer<Int32>, scale: UnsafePointer<Float>?,
    shift: UnsafePointer<Float>?, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, relu: Bool,
    output: Planes, outputPlanes: UnsafePointer<Int32>, outputRange: Range<Int>
) {
    let (height, width) = (geometry.inputHeight, geometry.inputWidth)
    let (kernel, perGroup) = (geometry.kernel, geometry.inputsPerGroup)
    for outputChannel in outputRange {
        let firstInput = outputChannel / geometry.outputsPerGroup * perGroup
        let destination = output[Int(outputPlanes[outputChannel])]
        for y in 0..<geometry.outputHeight {
            for x in 0..<geometry.outputWidth {
                var sum = bias?[outputChannel] ?? 0
                for inputChannel in 0..<perGroup {
                    let source = input[Int(inputPlanes[firstInput + inputChannel])]
                    let taps = weights + (outputChannel * perGroup + inputChannel) * kernel * kernel
                    for dy in 0..<kernel {
                        let row = y * geometry.stride + dy - geometry.padding
                        guard row >= 0, row < height else { continue }
                        for dx in 0..<kernel {
                            let column = x * geometry.stride + dx - geometry.padding
                            guard column >= 0, column < width else { continue }
                            var pixel = source[row * width + column]
                            if let scale, let shift {
                                pixel = max(
                                    pixel * scale[firstInput + inputChannel] + shift[firstInput + inputChannel], 0)
                            }
                            sum += pixel * taps[dy * kernel + dx]
                        }
                    }
                }
                destination[y * geometry.outputWidth + x] = relu ? max(sum, 0) : sum
            }
        }
    }
}
