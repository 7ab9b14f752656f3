import ModelFormat

extension Convolution2D {
    /// What `run` computes, in the plainest way: a sum at a time, from unpacked weights, for the whole convolution.
    ///
    /// - Parameters:
    ///   - operands: as for `run`; `operands.weights` is not used.
    ///   - weights: `[groups * outputs][inputs][kernelHeight][kernelWidth]`.
    ///   - bias: `[groups * outputs]`, or nil for zero.
    func runReference<Element: KernelElement>(
        _: Element.Type, _ operands: Convolution2DOperands<Element>, weights: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?
    ) {
        /// A pixel of an input channel, on the way in; padding is zero.
        func pixel(_ channel: Int, _ row: Int, _ column: Int) -> Element {
            guard row >= 0, row < inputHeight, column >= 0, column < inputWidth else { return 0 }
            let pixel = operands.inputPlane(channel)[row * inputWidth + column]
            return preActivation.applied(
                to: operands.normalization.map { $0.applied(to: pixel, channel: channel) } ?? pixel)
        }
        for channel in 0..<groups * outputs {
            for y in 0..<height {
                for x in 0..<width {
                    var sum = Element(bias?[channel] ?? 0)
                    for first in Swift.stride(from: 0, to: inputs, by: max(1, blockInputs)) {
                        let products = min(blockInputs, inputs - first) * taps
                        // Where sums are taken in parts, each block's are.
                        let isPart = Element.sumTerms < .max && first > 0
                        let block = sumInParts(isPart ? 0 : sum, count: products) { product in
                            let (i, tap) = (first + product / taps, product % taps)
                            return (
                                pixel(
                                    channel / outputs * inputs + i, y * stride + tap / kernelWidth - padding,
                                    x * stride + tap % kernelWidth - padding),
                                Element(weights[(channel * inputs + i) * taps + tap])
                            )
                        }
                        sum = isPart ? sum + block : block
                    }
                    operands.outputPlane(channel)[y * width + x] = activation.applied(to: sum)
                }
            }
        }
    }
}
