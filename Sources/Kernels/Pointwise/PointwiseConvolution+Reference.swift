import ModelFormat

extension PointwiseConvolution {
    /// What `run` computes, in the plainest way: a sum at a time, from unpacked weights, for the whole convolution.
    ///
    /// - Parameters:
    ///   - operands: as for `run`; `operands.weights` is not used.
    ///   - weights: `[groups * outputs][inputs]`.
    ///   - bias: `[groups * outputs]`, or nil for zero.
    ///   - normalization: as for `pack`.
    func runReference<Element: KernelElement>(
        _: Element.Type, _ operands: PointwiseOperands<Element>, weights: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?, normalization: Normalization<Float>?
    ) {
        for channel in 0..<groups * outputs {
            let group = channel / outputs
            let inputs = ordered(group, normalization, of: Element.self)
            let weights = weights + channel * self.inputs
            let bias = foldedBias(inputs, weights, bias?[channel] ?? 0)
            let plane = Int(operands.outputPlanes[channel])
            for y in 0..<height {
                for x in 0..<width {
                    let sum = sumInParts(bias, count: inputs.count) { place in
                        let input = inputs[place]
                        let gathered = operands.inputs.inputs[group * self.inputs + place]
                        let pixel = operands.input[Int(gathered.plane) * operands.inputPlaneStride + y * width + x]
                        let value: Element
                        if computesInputs {
                            value = preActivation.applied(
                                to: operands.inputs.normalization.applied(
                                    to: pixel, channel: group * self.inputs + place))
                        } else {
                            let isBeyond = input.folded.rises ? pixel < gathered.bound : pixel > gathered.bound
                            value = isBeyond ? gathered.bound : pixel
                        }
                        return (value, input.folded.weight(weights[input.index]))
                    }
                    let result = activation.applied(to: sum)
                    switch operands.outputLayout {
                    case .planes(let planeStride):
                        let place = plane * planeStride + y * width + x
                        operands.output[place] = accumulates ? operands.output[place] + result : result
                    case .padded(let layout, let firstRow):
                        let row = layout.origin + (y - firstRow) * layout.rowStride
                        operands.output[plane * layout.planeStride + row + x] = result
                    }
                }
            }
        }
    }
}
