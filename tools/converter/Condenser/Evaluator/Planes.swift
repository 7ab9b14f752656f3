import ModelFormat

/// Channel planes in double precision, `[C, H, W]`, with the operations of source networks as their textbook
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

    /// Puts other planes in the place of the first ones.
    ///
    /// - Precondition: both have one size, and there are not more of them.
    mutating func replaceFirst(by other: Planes) {
        precondition(other.shape.height == shape.height && other.shape.width == shape.width)
        values.replaceSubrange(0..<other.values.count, with: other.values)
    }

    /// The sum of each plane.
    var sums: Planes {
        let sums = (0..<shape.channels).map { channel in
            values[(channel * shape.pixels)..<((channel + 1) * shape.pixels)].reduce(0, +)
        }
        return Planes(PlaneShape(channels: shape.channels, height: 1, width: 1), sums)
    }

    /// The mean of each plane.
    var means: Planes { sums.mapped { _, sum in sum / Double(shape.pixels) } }

    /// All elements as one vector, `[C·H·W, 1, 1]`.
    var flattened: Planes { Planes(PlaneShape(channels: shape.count, height: 1, width: 1), values) }

    /// Each plane times a number of its own.
    ///
    /// - Precondition: there is a number for each channel.
    func scaled(_ factors: [Double]) -> Planes { mapped { channel, value in value * factors[channel] } }

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

    /// Batch norm with its running statistics.
    func normalized(_ norm: BatchNorm) -> Planes {
        mapped { channel, value in
            (value - norm.mean[channel]) / norm.deviation(channel) * norm.weight[channel] + norm.bias[channel]
        }
    }

    /// Each plane plus a number of its own.
    ///
    /// - Precondition: there is a number for each channel.
    func shifted(_ shifts: [Double]) -> Planes { mapped { channel, value in value + shifts[channel] } }

    /// An activation of every element; NaN stays NaN.
    func activated(_ activation: Activation) -> Planes {
        switch activation {
        case .none: self
        case .relu: mapped { _, value in value < 0 ? 0 : value }
        case .hardSwish: mapped { _, value in value * min(max(value + 3, 0), 6) / 6 }
        }
    }

    /// The sum of two stacks of one shape.
    ///
    /// - Precondition: the shapes are equal.
    func adding(_ other: Planes) -> Planes {
        precondition(shape == other.shape)
        return Planes(shape, zip(values, other.values).map { $0 + $1 })
    }

    /// The magnitude of every element.
    var magnitudes: Planes { mapped { _, value in value.magnitude } }

    /// How large the terms of a batch norm are, given how large those of its input are.
    func normalizedMagnitudes(_ norm: BatchNorm) -> Planes {
        mapped { channel, value in
            (value + norm.mean[channel].magnitude) / norm.deviation(channel) * norm.weight[channel].magnitude
                + norm.bias[channel].magnitude
        }
    }

    /// Every element replaced by what `body` makes of its channel and itself.
    func mapped(_ body: (Int, Double) -> Double) -> Planes {
        var result = values
        for channel in 0..<shape.channels {
            for position in (channel * shape.pixels)..<((channel + 1) * shape.pixels) {
                result[position] = body(channel, result[position])
            }
        }
        return Planes(shape, result)
    }
}

/// The numbers of a batch norm in inference, one of each for every channel.
struct BatchNorm {
    var weight: [Double]
    var bias: [Double]
    var mean: [Double]
    var variance: [Double]

    /// The square root of a channel's variance and the term that keeps it from zero.
    func deviation(_ channel: Int) -> Double { (variance[channel] + Self.epsilon).squareRoot() }

    /// The term that every batch norm adds to its variance.
    static let epsilon = 1e-5
}
