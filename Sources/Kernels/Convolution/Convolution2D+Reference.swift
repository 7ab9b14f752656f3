extension Convolution2D {
    /// What `run` computes, in the plainest way: a sum at a time, from unpacked weights, for the whole convolution.
    ///
    /// - Parameters:
    ///   - operands: as for `run`; `operands.weights` is not used.
    ///   - weights: `[groups * outputs][inputs][kernelHeight][kernelWidth]`.
    ///   - bias: `[groups * outputs]`, or nil for zero.
    public func runReference(
        _ operands: Convolution2DOperands, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?
    ) {
        for channel in 0..<groups * outputs {
            for y in 0..<height {
                for x in 0..<width {
                    var sum = bias?[channel] ?? 0
                    var weight = weights + channel * inputs * kernelHeight * kernelWidth
                    for i in 0..<inputs {
                        let plane = operands.input + (channel / outputs * inputs + i) * operands.inputPlaneStride
                        for dy in 0..<kernelHeight {
                            for dx in 0..<kernelWidth {
                                let (row, column) = (y * stride + dy - padding, x * stride + dx - padding)
                                let inside =
                                    row >= 0 && row < inputHeight && column >= 0 && column < inputWidth
                                sum = multiplyAdd(sum, inside ? plane[row * inputWidth + column] : 0, weight[0])
                                weight += 1
                            }
                        }
                    }
                    operands.output[channel * operands.outputPlaneStride + y * width + x] =
                        rectifiesOutput ? relu(sum) : sum
                }
            }
        }
    }
}
