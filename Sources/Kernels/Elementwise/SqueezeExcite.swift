import Glibc
import ModelFormat

/// Planes times factors between 0 and 1 that follow from the means of all planes:
/// `y(c, p) = x(c, p) · sigmoid(Σ h excite[c, h] · max(Σ d squeeze[h, d] · mean(d), 0))`.
///
/// Means are those of `GlobalAveragePool`, sums those of `Linear`, and the sigmoid is computed in double precision and rounded
/// once.
struct SqueezeExcite: Sendable, Equatable {
    /// Planes.
    let channels: Int
    /// Pixels in a plane; not zero.
    let pixels: Int
    /// From the means to the hidden numbers.
    let squeeze: Linear
    /// From the hidden numbers to what the factors are the sigmoids of.
    let excite: Linear

    /// - Precondition: `channels` and `hidden` are not negative, and `pixels` is positive.
    init(channels: Int, hidden: Int, pixels: Int) {
        self.channels = channels
        self.pixels = pixels
        squeeze = Linear(inputs: channels, outputs: hidden, activation: .relu)
        excite = Linear(inputs: hidden, outputs: channels)
    }

    /// Elements of scratch that one call of `run` needs.
    var scratchCount: Int { 2 * channels + squeeze.outputs }

    /// Computes the given planes. Calls for different planes may run at the same time if each has its own scratch. Allocates
    /// nothing.
    ///
    /// - Parameters:
    ///   - operands: pixel `p` of plane `c` at `c * inputPlaneStride + p`, the planes in their order, not normalised.
    ///   - squeeze: what `self.squeeze` has packed.
    ///   - excite: what `self.excite` has packed.
    ///   - range: the planes to compute; the means of all are taken.
    /// - Precondition: the planes lie in the buffers, and the range within `0..<channels`; input and output do not overlap.
    func run<Element: KernelElement>(
        _: Element.Type, _ operands: PoolingOperands<Element>, squeeze squeezeWeights: UnsafePointer<Element>,
        excite exciteWeights: UnsafePointer<Element>, channels range: Range<Int>, scratch: UnsafeMutablePointer<Element>
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= channels)
        guard !range.isEmpty else { return }
        let (means, factors, hidden) = (scratch, scratch + channels, scratch + 2 &* channels)
        var averaged = operands
        (averaged.output, averaged.outputPlaneStride) = (means, 1)
        GlobalAveragePool(channels: channels, pixels: pixels).run(Element.self, averaged, channels: 0..<channels)
        squeeze.run(Element.self, input: means, weights: squeezeWeights, output: hidden, tiles: 0..<squeeze.tiles)
        excite.run(Element.self, input: hidden, weights: exciteWeights, output: factors, tiles: 0..<excite.tiles)
        for channel in range {
            let factor = sigmoid(factors[channel])
            let source = operands.inputPlane(channel)
            let destination = operands.output + channel &* operands.outputPlaneStride
            var pixel = 0
            while pixel &+ 8 <= pixels {
                storeVector(Element.multiply(loadVector(source + pixel), SIMD8(repeating: factor)), destination + pixel)
                pixel &+= 8
            }
            while pixel < pixels {
                destination[pixel] = source[pixel] * factor
                pixel &+= 1
            }
        }
    }

    /// What `run` computes for all planes, in the plainest way, so that the results differ by rounding.
    ///
    /// - Parameters:
    ///   - squeeze: `[hidden][channels]`.
    ///   - excite: `[channels][hidden]`.
    func runReference<Element: KernelElement>(
        _: Element.Type, _ operands: PoolingOperands<Element>, squeeze squeezeWeights: UnsafePointer<Float>,
        excite exciteWeights: UnsafePointer<Float>
    ) {
        let means = (0..<channels).map { channel in
            (0..<pixels).reduce(0 as Element) { $0 + operands.inputPlane(channel)[$1] } / Element(pixels)
        }
        let hidden = (0..<squeeze.outputs).map { row in
            ReLU.apply(
                means.indices.reduce(0 as Element) { $0 + Element(squeezeWeights[row * channels + $1]) * means[$1] })
        }
        for channel in 0..<channels {
            let factor = sigmoid(
                hidden.indices.reduce(0 as Element) {
                    $0 + Element(exciteWeights[channel * hidden.count + $1]) * hidden[$1]
                })
            for pixel in 0..<pixels {
                operands.output[channel * operands.outputPlaneStride + pixel] =
                    operands.inputPlane(channel)[pixel] * factor
            }
        }
    }
}

/// `1 / (1 + e⁻ˣ)`, by way of double precision.
private func sigmoid<Element: BinaryFloatingPoint>(_ x: Element) -> Element { Element(1 / (1 + exp(-Double(x)))) }
