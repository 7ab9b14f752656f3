import ModelFormat

/// The mean of whole planes, gathered, scaled, shifted and activated on the way in.
///
/// For output `c`, with `v(p) = f(input[plane(c)][p] * scale[c] + shift[c])` (`preActivation`; without a normalisation scale
/// 1 and shift 0), `y(c) = (Σ p v(p)) / pixels`. Pixels are summed in eight interleaved sums, one for each remainder of `p`
/// modulo 8, which are then added in pairs that lie four, two and one apart, and multiplied by the rounded reciprocal
/// of `pixels`.
public struct GlobalAveragePool: Sendable, Equatable {
    /// Outputs.
    public let channels: Int
    /// Pixels in a plane; not zero.
    public let pixels: Int
    /// What is applied to the inputs, after scale and shift.
    public let preActivation: Activation

    /// The mean of `channels` gathered planes of `pixels` pixels.
    ///
    /// - Precondition: `channels` is not negative, and `pixels` is positive.
    public init(channels: Int, pixels: Int, preActivation: Activation = .none) {
        precondition(channels >= 0 && pixels > 0)
        self.channels = channels
        self.pixels = pixels
        self.preActivation = preActivation
    }

    /// Computes the given outputs. Calls for different channels may run at the same time. Allocates nothing.
    ///
    /// - Parameters:
    ///   - operands: pixel `p` of plane `c` at `c * inputPlaneStride + p`; receives output `c` at `c * outputPlaneStride`.
    ///   - range: the outputs to compute.
    /// - Precondition: the planes lie in the buffer, and the range within `0..<channels`.
    func run<Element: KernelElement>(_: Element.Type, _ operands: PoolingOperands<Element>, channels range: Range<Int>)
    {
        precondition(range.lowerBound >= 0 && range.upperBound <= channels)
        switch preActivation {
        case .none: run(Identity.self, operands, range)
        case .relu: run(ReLU.self, operands, range)
        case .hardSwish: run(HardSwish.self, operands, range)
        }
    }

    private func run<Function: ActivationFunction, Element: KernelElement>(
        _: Function.Type, _ operands: PoolingOperands<Element>, _ range: Range<Int>
    ) {
        let reciprocal = 1 / Element(pixels)
        let whole = pixels & ~7
        for channel in range {
            let plane = operands.inputPlane(channel)
            var sums = SIMD8<Element>(repeating: 0)
            var pixel = 0
            if let normalization = operands.normalization {
                while pixel < whole {
                    let values = normalization.applied(to: Pixels8(loading: plane + pixel), channel: channel)
                    sums = Element.add(sums, Function.apply(values).vector)
                    pixel &+= 8
                }
                for rest in whole..<pixels {
                    sums[rest & 7] += Function.apply(normalization.applied(to: plane[rest], channel: channel))
                }
            } else {
                while pixel < whole {
                    sums = Element.add(sums, Function.apply(Pixels8(loading: plane + pixel)).vector)
                    pixel &+= 8
                }
                for rest in whole..<pixels { sums[rest & 7] += Function.apply(plane[rest]) }
            }
            let four = sums.lowHalf + sums.highHalf
            let two = four.lowHalf + four.highHalf
            operands.output[channel &* operands.outputPlaneStride] = (two[0] + two[1]) * reciprocal
        }
    }

    /// What `run` computes, in the plainest way: one sum, in ascending order of the pixels, so that the results differ
    /// by rounding.
    func runReference<Element: KernelElement>(_: Element.Type, _ operands: PoolingOperands<Element>) {
        for channel in 0..<channels {
            let (scale, shift) = operands.factors(of: channel)
            let plane = operands.inputPlane(channel)
            var sum: Element = 0
            for pixel in 0..<pixels { sum += preActivation.applied(to: multiplyAdd(shift, plane[pixel], scale)) }
            operands.output[channel * operands.outputPlaneStride] = sum / Element(pixels)
        }
    }
}
