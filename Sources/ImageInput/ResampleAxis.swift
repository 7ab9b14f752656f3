import Foundations

/// The filter of an antialiased resize along one axis: which source pixels each output pixel averages, and with what
/// weights.
///
/// The bilinear filter is as wide as two source pixels when enlarging, and as two output pixels when reducing; the bicubic
/// one is twice as wide. Weights are fixed-point numbers with `fractionBits` bits after the point, which add up to nearly
/// one. This is Pillow's arithmetic, so that answers agree to the last bit.
struct ResampleAxis {
    /// Eight bits of sample and two of headroom fit beside the fraction in 32 bits.
    static let fractionBits = 32 - 8 - 2

    /// The output pixels, of all that the resized axis would have.
    let outputs: Range<Int>
    /// The first source pixel of each output.
    let starts: [Int]
    /// How many source pixels each output averages.
    let counts: [Int]
    /// The distance in `weights` from one output's first weight to the next one's.
    let stride: Int
    /// `[outputs, stride]`, unused weights 0.
    let weights: [Int32]

    /// The filter for those of `outputLength` pixels that lie in `outputs`.
    ///
    /// - Precondition: both lengths are at least 1 and `outputs` lies in `0..<outputLength`.
    init(
        from sourceLength: Int, to outputLength: Int, outputs: Range<Int>,
        interpolation: Interpolation
    ) {
        let scale = Double(sourceLength) / Double(outputLength)
        let widening = max(scale, 1)
        let support = interpolation.support * widening
        let stride = Int(support.rounded(.up)) * 2 + 1
        var starts: [Int] = []
        var counts: [Int] = []
        var weights = [Int32](repeating: 0, count: stride * outputs.count)
        var exact = [Double](repeating: 0, count: stride)
        for (index, output) in outputs.enumerated() {
            let center = (Double(output) + 0.5) * scale
            let start = max(Int(center - support + 0.5), 0)
            let count = min(Int(center + support + 0.5), sourceLength) - start
            var sum = 0.0
            for tap in 0..<count {
                exact[tap] = interpolation.weight((Double(tap + start) - center + 0.5) * (1 / widening))
                sum += exact[tap]
            }
            for tap in 0..<count {
                let normalised = sum == 0 ? exact[tap] : exact[tap] / sum
                let half = normalised < 0 ? -0.5 : 0.5
                weights[index * stride + tap] = Int32(normalised * Double(1 << Self.fractionBits) + half)
            }
            starts.append(start)
            counts.append(count)
        }
        self.outputs = outputs
        self.starts = starts
        self.counts = counts
        self.stride = stride
        self.weights = weights
    }

    /// The source pixels that any of the outputs needs.
    var sources: Range<Int> {
        guard let first = starts.first, let last = starts.last, let count = counts.last else { return 0..<0 }
        return first..<(last + count)
    }

    /// The fixed-point sum's start: one half, so that the shift in `sample` rounds.
    static let half: Int32 = 1 << (fractionBits - 1)

    /// The 8-bit sample for a fixed-point sum that began with `half`.
    @inline(__always)
    static func sample(_ sum: Int32) -> UInt8 {
        UInt8(truncatingIfNeeded: max(0, min(255, sum >> Int32(fractionBits))))
    }
}

extension Interpolation {
    /// Half the filter's width, in pixels.
    fileprivate var support: Double { self == .bilinear ? 1 : 2 }

    /// The filter's height at `distance` pixels from its centre.
    fileprivate func weight(_ distance: Double) -> Double {
        let x = abs(distance)
        switch self {
        case .bilinear: return max(1 - x, 0)
        case .bicubic:
            let a = -0.5
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
        }
    }
}
