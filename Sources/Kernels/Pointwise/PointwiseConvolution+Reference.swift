extension PointwiseConvolution {
    /// What `run` computes, in the plainest way: a sum at a time, from unpacked weights, for the whole convolution.
    ///
    /// - Parameters:
    ///   - operands: as for `run`; `operands.weights` is not used.
    ///   - weights: `[groups * outputs][inputs]`.
    ///   - bias: `[groups * outputs]`, or nil for zero.
    ///   - activation: as for `pack`.
    public func runReference(
        _ operands: PointwiseOperands, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        activation: Activation?
    ) {
        for channel in 0..<groups * outputs {
            let group = channel / outputs
            let inputs = ordered(group, activation)
            let weights = weights + channel * self.inputs
            let bias = foldedBias(inputs, weights, bias?[channel] ?? 0)
            let plane = Int(operands.outputPlanes[channel])
            for y in 0..<height {
                for x in 0..<width {
                    var sum = bias
                    for (place, input) in inputs.enumerated() {
                        let gathered = operands.inputs.inputs[group * self.inputs + place]
                        let value = operands.input[Int(gathered.plane) * operands.inputPlaneStride + y * width + x]
                        let isBeyond = input.activation.rises ? value < gathered.bound : value > gathered.bound
                        let weight = input.activation.weight(weights[input.index])
                        sum = multiplyAdd(sum, isBeyond ? gathered.bound : value, weight)
                    }
                    let result = rectifiesOutput ? relu(sum) : sum
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
