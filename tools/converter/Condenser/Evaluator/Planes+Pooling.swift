import ModelFormat

/// Pooling as its textbook definitions.
extension Planes {
    /// The largest number of each window, padding left out.
    func maxima(window: Int, stride: Int, padding: Int) -> Planes {
        pooled(window: window, stride: stride, padding: padding, from: -.infinity) { largest, value in
            value <= largest ? largest : value
        }
    }

    /// The mean of each window; rows and columns that no window covers are left out.
    func means(window: Int, stride: Int, padding: Int = 0) -> Planes {
        let sums = sums(window: window, stride: stride, padding: padding)
        return Planes(sums.shape, sums.values.map { $0 / Double(window * window) })
    }

    /// The sum of each window; rows and columns that no window covers are left out.
    func sums(window: Int, stride: Int, padding: Int = 0) -> Planes {
        pooled(window: window, stride: stride, padding: padding, from: 0, +)
    }

    private func pooled(
        window: Int, stride: Int, padding: Int, from start: Double, _ combine: (Double, Double) -> Double
    ) -> Planes {
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
                    var total = start
                    for y in rows {
                        let line = channel * shape.pixels + y * shape.width
                        for value in values[(line + left)..<(line + right)] { total = combine(total, value) }
                    }
                    result.append(total)
                }
            }
        }
        return Planes(output, result)
    }
}
