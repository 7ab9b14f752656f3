import ModelFormat

/// A convolution's weights, `[outputs, inputs/groups, kernel, kernel]`.
struct ConvolutionWeights {
    var outputs: Int
    var inputsPerGroup: Int
    var kernel: Int
    var values: [Double]

    /// The magnitude of every weight.
    var magnitudes: ConvolutionWeights {
        var result = self
        result.values = values.map(\.magnitude)
        return result
    }
}

extension Planes {
    /// The grouped convolution with zero padding: the input's patches as columns of a matrix (im2col), then one matrix
    /// product for each group.
    ///
    /// The groups follow from the weights; they take contiguous shares of inputs and outputs.
    /// - Precondition: the groups divide inputs and outputs.
    /// - Throws: `ConversionError.linearAlgebra`.
    func convolved(_ weights: ConvolutionWeights, stride: Int = 1, padding: Int = 0) throws -> Planes {
        let groups = shape.channels / weights.inputsPerGroup
        precondition(groups * weights.inputsPerGroup == shape.channels && weights.outputs % groups == 0)
        let output = PlaneShape(
            channels: weights.outputs, height: (shape.height + 2 * padding - weights.kernel) / stride + 1,
            width: (shape.width + 2 * padding - weights.kernel) / stride + 1)
        let rows = weights.outputs / groups
        let inner = weights.inputsPerGroup * weights.kernel * weights.kernel
        var result = [Double](repeating: 0, count: output.count)
        for group in 0..<groups {
            let inputs = (group * weights.inputsPerGroup)..<((group + 1) * weights.inputsPerGroup)
            let columns = patches(inputs, kernel: weights.kernel, stride: stride, padding: padding, output: output)
            try MatrixProduct.compute(
                weights.values[(group * rows * inner)..<((group + 1) * rows * inner)], columns,
                into: &result, at: group * rows * output.pixels, rows: rows, inner: inner, columns: output.pixels)
        }
        return Planes(output, result)
    }

    /// The patches under a sliding window, `[channels, kernel, kernel, output pixels]`, zero outside the planes.
    private func patches(
        _ channels: Range<Int>, kernel: Int, stride: Int, padding: Int, output: PlaneShape
    ) -> ArraySlice<Double> {
        if kernel == 1 && stride == 1 && padding == 0 {
            return values[(channels.lowerBound * shape.pixels)..<(channels.upperBound * shape.pixels)]
        }
        let values = values
        var result = [Double](repeating: 0, count: channels.count * kernel * kernel * output.pixels)
        var start = 0
        for channel in channels {
            for tap in 0..<(kernel * kernel) {
                for row in 0..<output.height {
                    let y = row * stride + tap / kernel - padding
                    if y >= 0 && y < shape.height {
                        let line = channel * shape.pixels + y * shape.width
                        for column in 0..<output.width {
                            let x = column * stride + tap % kernel - padding
                            if x >= 0 && x < shape.width { result[start + column] = values[line + x] }
                        }
                    }
                    start += output.width
                }
            }
        }
        return result[...]
    }
}
