import ModelFormat

/// The operations that comparison networks add, as their textbook definitions.
extension Planes {
    /// Batch norm with its running statistics.
    func normalized(_ norm: BatchNorm) -> Planes {
        mapped { channel, value in
            let deviation = (norm.variance[channel] + Architecture.batchNormEpsilon).squareRoot()
            return (value - norm.mean[channel]) / deviation * norm.weight[channel] + norm.bias[channel]
        }
    }

    /// Each plane plus a number of its own.
    func shifted(_ shifts: [Double]) -> Planes { mapped { channel, value in value + shifts[channel] } }

    /// ReLU; NaN stays NaN.
    func rectified() -> Planes { mapped { _, value in value < 0 ? 0 : value } }

    /// The sum of two stacks of one shape.
    ///
    /// - Precondition: the shapes are equal.
    func adding(_ other: Planes) -> Planes {
        precondition(shape == other.shape)
        return Planes(shape, zip(values, other.values).map { $0 + $1 })
    }

    /// The largest number of each window, padding left out.
    func maxima(window: Int, stride: Int, padding: Int) -> Planes {
        let output = PlaneShape(
            channels: shape.channels, height: (shape.height + 2 * padding - window) / stride + 1,
            width: (shape.width + 2 * padding - window) / stride + 1)
        var result: [Double] = []
        result.reserveCapacity(output.count)
        for channel in 0..<shape.channels {
            for row in 0..<output.height {
                let rows = max(0, row * stride - padding)..<min(shape.height, row * stride - padding + window)
                for column in 0..<output.width {
                    let left = max(0, column * stride - padding)
                    let right = min(shape.width, column * stride - padding + window)
                    var largest = -Double.infinity
                    for y in rows {
                        let line = channel * shape.pixels + y * shape.width
                        for value in values[(line + left)..<(line + right)] where !(value <= largest) {
                            largest = value
                        }
                    }
                    result.append(largest)
                }
            }
        }
        return Planes(output, result)
    }

    private func mapped(_ body: (Int, Double) -> Double) -> Planes {
        var result = values
        for channel in 0..<shape.channels {
            for position in (channel * shape.pixels)..<((channel + 1) * shape.pixels) {
                result[position] = body(channel, result[position])
            }
        }
        return Planes(shape, result)
    }
}
