extension PointwiseConvolution {
    /// What `run` computes, in the plainest way: a sum at a time, from unpacked weights, for the whole convolution.
    ///
    /// - Parameters:
    ///   - operands: as for `run`; `operands.weights` is not used.
    ///   - weights: `[groups * outputs][inputs]`.
    ///   - bias: `[groups * outputs]`, or nil for zero.
    public func runReference(
        _ operands: PointwiseOperands, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?
    ) {
        for channel in 0..<groups * outputs {
            let plane = Int(operands.outputPlanes[channel])
            for y in 0..<height {
                for x in 0..<width {
                    var sum = bias?[channel] ?? 0
                    for input in 0..<inputs {
                        let entry = channel / outputs * inputs + input
                        let inputPlane = Int(operands.inputPlanes[entry])
                        var value = operands.input[inputPlane * operands.inputPlaneStride + y * width + x]
                        if let activation = operands.activation {
                            value = rectified(multiplyAdd(activation.shift[entry], value, activation.scale[entry]))
                        }
                        sum = multiplyAdd(sum, value, weights[channel * inputs + input])
                    }
                    let result = rectifiesOutput ? rectified(sum) : sum
                    switch operands.outputLayout {
                    case .planes(let planeStride):
                        operands.output[plane * planeStride + y * width + x] = result
                    case .padded(let layout, let firstRow):
                        let row = layout.origin + (y - firstRow) * layout.rowStride
                        operands.output[plane * layout.planeStride + row + x] = result
                    }
                }
            }
        }
    }
}
