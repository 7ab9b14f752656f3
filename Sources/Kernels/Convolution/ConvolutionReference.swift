import Engine
import ModelFormat

/// The numbers that define a grouped convolution with a square kernel and zero padding.
public struct ConvolutionGeometry: Equatable, Sendable {
    /// Channels that the convolution sees, after any gather.
    public var inputChannels: Int
    /// Channels that it writes.
    public var outputChannels: Int
    /// Groups, which divide both numbers of channels.
    public var groups: Int
    /// Rows, and columns, of the kernel.
    public var kernel: Int
    /// Input pixels from one output pixel to the next, both ways.
    public var stride: Int
    /// Zeros on each side of the input.
    public var padding: Int
    /// Rows of the input.
    public var inputHeight: Int
    /// Columns of the input.
    public var inputWidth: Int

    /// A convolution of these numbers.
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

    var outputHeight: Int { (inputHeight + 2 * padding - kernel) / stride + 1 }
    var outputWidth: Int { (inputWidth + 2 * padding - kernel) / stride + 1 }
    var inputsPerGroup: Int { inputChannels / groups }
    var outputsPerGroup: Int { outputChannels / groups }
}

/// A grouped convolution, any kernel, stride and padding, computed as its definition reads.
///
/// Input channel `i` is plane `inputPlanes[i]`; where `scale` is given, each of its pixels `x` counts as
/// `x · scale[i] + shift[i]`; then comes `preActivation`, and padding counts as 0. Output channel `o` is written to plane `outputPlanes[o]`.
///
/// - Parameters:
///   - weights: `[outputChannels, inputChannels/groups, kernel, kernel]`
///   - bias: `[outputChannels]`, or none
///   - accumulates: whether results are added to what their planes hold, instead of being written there
///   - outputRange: the output channels to compute
func convolutionReference<Element: KernelElement>(
    _ geometry: ConvolutionGeometry, input: Planes<Element>, inputPlanes: UnsafePointer<Int32>,
    normalization: Normalization<Float>?, preActivation: Activation, weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, activation: Activation, output: Planes<Element>, outputPlanes: UnsafePointer<Int32>,
    accumulates: Bool = false, outputRange: Range<Int>
) {
    let (height, width) = (geometry.inputHeight, geometry.inputWidth)
    let (kernel, perGroup) = (geometry.kernel, geometry.inputsPerGroup)
    for outputChannel in outputRange {
        let firstInput = outputChannel / geometry.outputsPerGroup * perGroup
        let destination = output[Int(outputPlanes[outputChannel])]
        for y in 0..<geometry.outputHeight {
            for x in 0..<geometry.outputWidth {
                var sum = Element(bias?[outputChannel] ?? 0)
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
                            if let normalization {
                                pixel =
                                    pixel * Element(normalization.scale[firstInput + inputChannel])
                                    + Element(normalization.shift[firstInput + inputChannel])
                            }
                            pixel = preActivation.applied(to: pixel)
                            sum += pixel * Element(taps[dy * kernel + dx])
                        }
                    }
                }
                let place = y * geometry.outputWidth + x
                let result = activation.applied(to: sum)
                destination[place] = accumulates ? destination[place] + result : result
            }
        }
    }
}
