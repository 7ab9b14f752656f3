import ModelFormat

extension Convolution3x3 {
    /// What `run` computes, in the plainest way: a sum at a time, from unpacked weights and planes without padding, for
    /// the whole convolution.
    ///
    /// - Parameters:
    ///   - weights: `[groups * outputs][inputs][3][3]`.
    ///   - bias: `[groups * outputs]`, or nil for zero.
    func runReference<Element: KernelElement>(
        _: Element.Type, _ operands: PlaneOperands<Element>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?
    ) {
        for channel in 0..<groups * outputs {
            for y in 0..<height {
                for x in 0..<width {
                    var sum = Element(bias?[channel] ?? 0)
                    for dx in 0..<3 {
                        for i in 0..<inputs {
                            let plane = operands.input + (channel / outputs * inputs + i) * operands.inputPlaneStride
                            for dy in 0..<3 {
                                let (row, column) = (y + dy - 1, x + dx - 1)
                                let inside = row >= 0 && row < height && column >= 0 && column < width
                                let pixel = inside ? plane[row * width + column] : 0
                                let weight = weights[(channel * inputs + i) * 9 + dy * 3 + dx]
                                sum = multiplyAdd(sum, pixel, Element(weight))
                            }
                        }
                    }
                    operands.output[channel * operands.outputPlaneStride + y * width + x] = activation.applied(to: sum)
                }
            }
        }
    }
}
