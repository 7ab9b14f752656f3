/// A fully connected layer: `y[o] = bias[o] + Σ i weights[o, i] * x[i]`.
///
/// Each sum begins with the bias and takes the inputs in ascending order, one fused multiply-add each; ReLU
/// follows where `rectifiesOutput` is set.
public struct Linear: Sendable, Equatable {
    /// Inputs.
    public let inputs: Int
    /// Outputs.
    public let outputs: Int
    /// Whether ReLU is applied to the sums.
    public let rectifiesOutput: Bool

    private static let wideTile = 32
    private static let narrowTile = 8

    /// A layer from `inputs` to `outputs` values.
    ///
    /// - Precondition: neither is negative.
    public init(inputs: Int, outputs: Int, rectifiesOutput: Bool = false) {
        precondition(inputs >= 0 && outputs >= 0)
        self.inputs = inputs
        self.outputs = outputs
        self.rectifiesOutput = rectifiesOutput
    }

    private var wideTiles: Int { outputs / Self.wideTile }

    /// Tiles of outputs into which the work can be split: of 32, and of 8 for what remains.
    public var tiles: Int {
        wideTiles + (outputs % Self.wideTile + Self.narrowTile - 1) / Self.narrowTile
    }

    /// Floats in the packed weights: for each tile `[1 + inputs][outputs of the tile]`, the bias first, filled up with
    /// zeros.
    public var packedCount: Int {
        roundUp(outputs, toMultipleOf: Self.narrowTile) * (inputs + 1)
    }

    /// Packs weights for `run`.
    ///
    /// - Parameters:
    ///   - weights: `[outputs][inputs]`.
    ///   - bias: `[outputs]`, or nil for zero.
    ///   - packed: receives `packedCount` floats.
    public func pack(
        weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, into packed: UnsafeMutablePointer<Float>
    ) {
        for tile in 0..<tiles {
            let (first, width) = place(of: tile)
            let destination = packed + first * (inputs + 1)
            for lane in 0..<width {
                let output = first + lane
                destination[lane] = output < outputs ? bias?[output] ?? 0 : 0
                for input in 0..<inputs {
                    destination[(input + 1) * width + lane] = output < outputs ? weights[output * inputs + input] : 0
                }
            }
        }
    }

    /// Computes the outputs of the given tiles. Calls for different tiles may run at the same time. Allocates nothing.
    ///
    /// - Parameters:
    ///   - input: `[inputs]`.
    ///   - packed: what `pack` made.
    ///   - output: receives `[outputs]`; those of other tiles are left alone.
    ///   - range: the tiles to compute.
    /// - Precondition: the buffers have these sizes, and the range lies within `0..<tiles`.
    public func run(
        input: UnsafePointer<Float>, weights packed: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
        tiles range: Range<Int>
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= tiles)
        for tile in range {
            let (first, width) = place(of: tile)
            var weights = packed + first &* (inputs &+ 1)
            if width == Self.wideTile {
                var sums0 = loadVector(weights)
                var sums1 = loadVector(weights + 8)
                var sums2 = loadVector(weights + 16)
                var sums3 = loadVector(weights + 24)
                for index in 0..<inputs {
                    weights += Self.wideTile
                    let value = input[index]
                    sums0 = multiplyAdd(sums0, loadVector(weights), value)
                    sums1 = multiplyAdd(sums1, loadVector(weights + 8), value)
                    sums2 = multiplyAdd(sums2, loadVector(weights + 16), value)
                    sums3 = multiplyAdd(sums3, loadVector(weights + 24), value)
                }
                storeVector(finished(sums0), output + first)
                storeVector(finished(sums1), output + first + 8)
                storeVector(finished(sums2), output + first + 16)
                storeVector(finished(sums3), output + first + 24)
            } else {
                var sums = loadVector(weights)
                for index in 0..<inputs {
                    weights += Self.narrowTile
                    sums = multiplyAdd(sums, loadVector(weights), input[index])
                }
                storeVector(finished(sums), output + first, count: min(Self.narrowTile, outputs &- first))
            }
        }
    }

    /// What `run` computes, a sum at a time, from unpacked weights.
    public func runReference(
        input: UnsafePointer<Float>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>
    ) {
        for channel in 0..<outputs {
            var sum = bias?[channel] ?? 0
            for index in 0..<inputs { sum = multiplyAdd(sum, input[index], weights[channel * inputs + index]) }
            output[channel] = rectifiesOutput ? relu(sum) : sum
        }
    }

    @inline(__always)
    private func finished(_ sums: PixelVector) -> PixelVector { rectifiesOutput ? relu(sums) : sums }

    /// A tile's first output and its width.
    @inline(__always)
    private func place(of tile: Int) -> (first: Int, width: Int) {
        tile < wideTiles
            ? (tile &* Self.wideTile, Self.wideTile)
            : (wideTiles &* Self.wideTile &+ (tile &- wideTiles) &* Self.narrowTile, Self.narrowTile)
    }
}
