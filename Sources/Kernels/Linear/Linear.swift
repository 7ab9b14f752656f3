import ModelFormat

/// A fully connected layer: `y[o] = bias[o] + Σ i weights[o, i] * x[i]`.
///
/// Each sum begins with the bias and takes the inputs in ascending order, one fused multiply-add each; `activation` follows.
public struct Linear: Sendable, Equatable {
    /// Inputs.
    public let inputs: Int
    /// Outputs.
    public let outputs: Int
    /// What is applied to the sums.
    public let activation: Activation

    /// A layer from `inputs` to `outputs` values.
    ///
    /// - Precondition: neither is negative.
    public init(inputs: Int, outputs: Int, activation: Activation = .none) {
        precondition(inputs >= 0 && outputs >= 0)
        self.inputs = inputs
        self.outputs = outputs
        self.activation = activation
    }

    private var wideTiles: Int { outputs / KernelTable.linearTile }

    /// Tiles of outputs into which the work can be split: of 32, and of 8 for what remains.
    public var tiles: Int {
        wideTiles + (outputs % KernelTable.linearTile + KernelTable.linearRest - 1) / KernelTable.linearRest
    }

    /// Elements in the packed weights: for each tile `[1 + inputs][outputs of the tile]`, the bias first, filled up with
    /// zeros.
    public var packedCount: Int {
        roundUp(outputs, toMultipleOf: KernelTable.linearRest) * (inputs + 1)
    }

    /// Packs weights for `run`.
    ///
    /// - Parameters:
    ///   - weights: `[outputs][inputs]`.
    ///   - bias: `[outputs]`, or nil for zero.
    ///   - packed: receives `packedCount` elements, each rounded from single precision.
    public func pack<Element: BinaryFloatingPoint>(
        weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, into packed: UnsafeMutablePointer<Element>
    ) {
        for tile in 0..<tiles {
            let (first, width) = place(of: tile)
            let destination = packed + first * (inputs + 1)
            for lane in 0..<width {
                let output = first + lane
                destination[lane] = output < outputs ? Element(bias?[output] ?? 0) : 0
                for input in 0..<inputs {
                    destination[(input + 1) * width + lane] =
                        output < outputs ? Element(weights[output * inputs + input]) : 0
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
    func run<Element: KernelElement>(
        _: Element.Type, input: UnsafePointer<Element>, weights packed: UnsafePointer<Element>,
        output: UnsafeMutablePointer<Element>, tiles range: Range<Int>
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= tiles)
        typealias Pixels16 = JoinedPixels<Pixels8<Element>, Pixels8<Element>>
        for tile in range {
            let (first, width) = place(of: tile)
            let weights = packed + first &* (inputs &+ 1)
            if width == KernelTable.linearTile {
                self.tile(JoinedPixels<Pixels16, Pixels16>.self, input, weights, output, first)
            } else {
                self.tile(Pixels8.self, input, weights, output, first)
            }
        }
    }

    /// Computes the outputs of a tile from `first` on, as one bundle of sums.
    @inline(__always)
    private func tile<Sums: PixelVectors>(
        _: Sums.Type, _ input: UnsafePointer<Sums.Element>, _ weights: UnsafePointer<Sums.Element>,
        _ output: UnsafeMutablePointer<Sums.Element>, _ first: Int
    ) {
        var (weights, taken) = (weights, 0)
        var sums = Sums(loading: weights)
        while inputs &- taken > Sums.Element.sumTerms {
            var part = Sums(repeating: 0)
            add(taken..<taken &+ Sums.Element.sumTerms, input, &weights, to: &part)
            sums.add(part)
            taken &+= Sums.Element.sumTerms
        }
        add(taken..<inputs, input, &weights, to: &sums)
        ContiguousPixels(first: first, count: outputs &- first).store(activation.applied(to: sums), in: output)
    }

    /// Adds some inputs' products; `weights` goes from the last row that was used to the next.
    @inline(__always)
    private func add<Sums: PixelVectors>(
        _ range: Range<Int>, _ input: UnsafePointer<Sums.Element>, _ weights: inout UnsafePointer<Sums.Element>,
        to sums: inout Sums
    ) {
        for index in range {
            weights += Sums.width
            sums.addProduct(Sums(loading: weights), input[index])
        }
    }

    /// What `run` computes, a sum at a time, from unpacked weights.
    func runReference<Element: KernelElement>(
        _: Element.Type, input: UnsafePointer<Element>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Element>
    ) {
        for channel in 0..<outputs {
            let sum = sumInParts(Element(bias?[channel] ?? 0), count: inputs) {
                (input[$0], Element(weights[channel * inputs + $0]))
            }
            output[channel] = activation.applied(to: sum)
        }
    }

    /// A tile's first output and its width.
    @inline(__always)
    private func place(of tile: Int) -> (first: Int, width: Int) {
        tile < wideTiles
            ? (tile &* KernelTable.linearTile, KernelTable.linearTile)
            : (
                wideTiles &* KernelTable.linearTile &+ (tile &- wideTiles) &* KernelTable.linearRest,
                KernelTable.linearRest
            )
    }
}
