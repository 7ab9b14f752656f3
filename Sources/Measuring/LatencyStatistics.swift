/// What a set of latencies amounts to, in milliseconds.
package struct LatencyStatistics: Equatable {
    package let count: Int
    package let min: Double
    package let max: Double
    package let mean: Double
    package let p50: Double
    package let p90: Double
    package let p99: Double
    /// The sample standard deviation (n − 1); 0 for a single run.
    package let stddev: Double
    /// p75 − p25.
    package let interquartileRange: Double
    /// Runs slower than p75 + 3 · (p75 − p25): Tukey's far-out values.
    package let outliers: Int

    /// - Precondition: there is at least one sample.
    package init(milliseconds samples: [Double]) {
        let sorted = samples.sorted()
        func percentile(_ percent: Int) -> Double { sorted[Self.rank(percent, of: sorted.count)] }
        let mean = samples.reduce(0, +) / Double(samples.count)
        let squares = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let (lower, upper) = (percentile(25), percentile(75))
        count = samples.count
        min = sorted[0]
        max = sorted[sorted.count - 1]
        self.mean = mean
        p50 = percentile(50)
        p90 = percentile(90)
        p99 = percentile(99)
        stddev = samples.count > 1 ? (squares / Double(samples.count - 1)).squareRoot() : 0
        interquartileRange = upper - lower
        outliers = sorted.reduce(0) { $0 + ($1 > upper + 3 * (upper - lower) ? 1 : 0) }
    }

    /// The position of a percentile by nearest rank: the smallest sample that at least `percent` percent do not exceed.
    package static func rank(_ percent: Int, of count: Int) -> Int { Swift.max((percent * count + 99) / 100, 1) - 1 }

    /// The percentile that results are compared by.
    package func value(percentile: Int) -> Double { percentile == 90 ? p90 : p50 }
}
