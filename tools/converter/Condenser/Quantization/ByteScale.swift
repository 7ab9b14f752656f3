import ModelFormat

/// What the bytes of a channel stand for: `scale · (byte − zero)`.
struct ByteScale: Equatable, Sendable {
    /// What a step of a byte stands for.
    let scale: Float
    /// The byte that stands for 0.
    let zero: Int8
}

extension ByteScale {
    /// The finest scales whose 256 bytes reach over the ranges of a value's channels, each of which has 0 in it so that a
    /// byte stands for it.
    ///
    /// A channel that is always 0, or too small for single precision, has the finest scale of the others, so that its weights
    /// are no larger than theirs; 1 where there are none.
    static func all(_ ranges: [ClosedRange<Double>]) -> [ByteScale] {
        let steps = ranges.map { Float(($0.upperBound - $0.lowerBound) / 255) }
        let finest = steps.filter(\.isNormal).min() ?? 1
        return zip(ranges, steps).map { range, step in
            let scale = step.isNormal ? step : finest
            return ByteScale(scale: scale, zero: Int8(rounding: -128 - range.lowerBound / Double(scale)))
        }
    }
}

extension Int8 {
    /// The nearest byte, ties to even; the least or the greatest for numbers beyond.
    ///
    /// - Precondition: the number is not NaN.
    init(rounding number: Double) {
        self = Int8(Swift.min(Swift.max(number.rounded(.toNearestOrEven), -128), 127))
    }
}
