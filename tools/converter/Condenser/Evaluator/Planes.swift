import ModelFormat

/// Channel planes in double precision, `[C, H, W]`, with the operations of the CondenseNet family as their textbook
/// definitions, so that nothing is shared with the runtime that they judge.
struct Planes {
    private(set) var shape: PlaneShape
    private(set) var values: [Double]

    /// - Precondition: `values` holds one number for each element of `shape`.
    init(_ shape: PlaneShape, _ values: [Double]) {
        precondition(values.count == shape.count, "\(values.count) numbers for \(shape)")
        self.shape = shape
        self.values = values
    }

    /// Concatenates along the channels.
    ///
    /// - Precondition: both have one size.
    mutating func append(_ other: Planes) {
        precondition(other.shape.height == shape.height && other.shape.width == shape.width)
        shape.channels += other.shape.channels
        values += other.values
    }

    /// The planes that `channels` names, in its order.
    ///
    /// - Precondition: every channel exists.
    func gathered(_ channels: [Int]) -> Planes {
        var result: [Double] = []
        result.reserveCapacity(channels.count * shape.pixels)
        for channel in channels { result += values[(channel * shape.pixels)..<((channel + 1) * shape.pixels)] }
        return Planes(PlaneShape(channels: channels.count, height: shape.height, width: shape.width), result)
    }

    /// The channel shuffle after a condensed convolution: channel `g·(C/groups) + j` becomes channel `j·groups + g`.
    func shuffled(groups: Int) -> Planes {
        let each = shape.channels / groups
        return gathered((0..<shape.channels).map { ($0 % groups) * each + $0 / groups })
    }

    /// Batch norm with its running statistics, then ReLU.
    func normalizedAndRectified(_ norm: BatchNorm) -> Planes {
        var result = values
        for channel in 0..<shape.channels {
            let deviation = (norm.variance[channel] + Architecture.batchNormEpsilon).squareRoot()
            let (mean, weight, bias) = (norm.mean[channel], norm.weight[channel], norm.bias[channel])
            for position in (channel * shape.pixels)..<((channel + 1) * shape.pixels) {
                let normalized = (result[position] - mean) / deviation * weight + bias
                result[position] = normalized > 0 ? normalized : (normalized.isNaN ? normalized : 0)
            }
        }
        return Planes(shape, result)
    }

    /// The mean of each 2×2 square; an odd last row or column is left out.
    func averagedByTwo() -> Planes {
        let half = PlaneShape(channels: shape.channels, height: shape.height / 2, width: shape.width / 2)
        var result: [Double] = []
        result.reserveCapacity(half.count)
        for channel in 0..<half.channels {
            for row in 0..<half.height {
                let top = channel * shape.pixels + 2 * row * shape.width
                for left in stride(from: top, to: top + 2 * half.width, by: 2) {
                    let below = left + shape.width
                    result.append((values[left] + values[left + 1] + values[below] + values[below + 1]) / 4)
                }
            }
        }
        return Planes(half, result)
    }

    /// The mean of each plane, `[C, 1, 1]`.
    func averaged() -> Planes {
        let means = (0..<shape.channels).map { channel in
            values[(channel * shape.pixels)..<((channel + 1) * shape.pixels)].reduce(0, +) / Double(shape.pixels)
        }
        return Planes(PlaneShape(channels: shape.channels, height: 1, width: 1), means)
    }
}

/// The numbers of a batch norm in inference, one of each for every channel.
struct BatchNorm {
    var weight: [Double]
    var bias: [Double]
    var mean: [Double]
    var variance: [Double]
}
