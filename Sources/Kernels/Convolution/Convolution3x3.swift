import ModelFormat

/// A grouped 3×3 convolution with stride 1 and padding 1, computed directly from planes with zeros around them.
///
/// For output channel `o` of a group with inputs `i`:
///
///     y(o, r, x) = bias[o] + Σ dx Σ i Σ dy weights[o, i, dy, dx] * input[i][r + dy − 1][x + dx − 1]
///
/// followed by `activation`. Each sum begins with the bias and takes columns of the kernel, then
/// inputs, then rows of the kernel in ascending order, one fused multiply-add each, whatever tile computes it, so
/// results do not depend on how the work is split.
public struct Convolution3x3: Sendable, Equatable {
    /// Groups.
    public let groups: Int
    /// Input channels of one group.
    public let inputs: Int
    /// Output channels of one group.
    public let outputs: Int
    /// Columns of the image.
    public let width: Int
    /// Rows of the image.
    public let height: Int
    /// What is applied to the sums.
    public let activation: Activation

    /// Elements that are read beyond the last packed weight.
    private static let slack = 8

    /// A convolution from `groups * inputs` to `groups * outputs` planes of `height` × `width` pixels.
    ///
    /// - Precondition: no number is negative.
    public init(groups: Int, inputs: Int, outputs: Int, width: Int, height: Int, activation: Activation) {
        precondition(groups >= 0 && inputs >= 0 && outputs >= 0 && width >= 0 && height >= 0)
        self.groups = groups
        self.inputs = inputs
        self.outputs = outputs
        self.width = width
        self.height = height
        self.activation = activation
    }

    /// Elements in one group's packed weights.
    var packedGroupCount: Int { outputs * (1 + 9 * inputs) }

    /// Elements in the packed weights: for each group its outputs by fours, then a two and a one as they remain, each
    /// tile of `t` outputs as `t` biases and `[3 columns][inputs][3 rows][t]`.
    public var packedCount: Int { groups * packedGroupCount + Self.slack }

    /// Multiply-adds of the whole convolution, the padding's included.
    public var multiplyAdds: Int { groups * inputs * outputs * 9 * width * height }

    /// Packs weights for `run`.
    ///
    /// - Parameters:
    ///   - weights: `[groups * outputs][inputs][3][3]`.
    ///   - bias: `[groups * outputs]`, or nil for zero.
    ///   - packed: receives `packedCount` elements, each rounded from single precision.
    public func pack<Element: BinaryFloatingPoint>(
        weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, into packed: UnsafeMutablePointer<Element>
    ) {
        var destination = packed
        for group in 0..<groups {
            var output = 0
            while output < outputs {
                let tile = outputs - output >= 4 ? 4 : outputs - output >= 2 ? 2 : 1
                for lane in 0..<tile {
                    let channel = group * outputs + output + lane
                    destination[lane] = Element(bias?[channel] ?? 0)
                    for tap in 0..<inputs * 9 {
                        let (column, input, row) = (tap / 3 / inputs, tap / 3 % inputs, tap % 3)
                        destination[(tap + 1) * tile + lane] = Element(
                            weights[(channel * inputs + input) * 9 + row * 3 + column])
                    }
                }
                destination += (1 + 9 * inputs) * tile
                output += tile
            }
        }
        destination.update(repeating: 0, count: Self.slack)
    }
}

/// The buffers of a `Convolution3x3`. Nothing is owned; every pointer outlives the call.
public struct Convolution3x3Operands<Element> {
    /// Input planes with zeros around them; channel `c` is plane `c`.
    public var input: UnsafePointer<Element>
    /// The layout of the input; its rows and halo hold image rows `firstRow − 1` to `firstRow + rows`.
    public var inputLayout: PaddedPlanes
    /// The row of the image that is row `0` of the input.
    public var firstRow: Int
    /// What `pack` made.
    public var weights: UnsafePointer<Element>
    /// Output planes: pixel `(y, x)` of channel `c` at `c * outputPlaneStride + y * width + x`. Pixels outside the
    /// requested rows are left alone.
    public var output: UnsafeMutablePointer<Element>
    /// Elements from one output plane to the next.
    public var outputPlaneStride: Int

    /// Names the buffers.
    public init(
        input: UnsafePointer<Element>, inputLayout: PaddedPlanes, firstRow: Int = 0, weights: UnsafePointer<Element>,
        output: UnsafeMutablePointer<Element>, outputPlaneStride: Int
    ) {
        self.input = input
        self.inputLayout = inputLayout
        self.firstRow = firstRow
        self.weights = weights
        self.output = output
        self.outputPlaneStride = outputPlaneStride
    }
}
