import Measuring

/// Latency as the measurement went on, one line for each series, consecutive runs taken together.
package struct TimeSeriesPlot {
    /// Points of a line, at most.
    private static let points = 180
    private let series: [(starts: [Double], samples: [Double])]
    private let hasTimes: Bool

    /// - Parameter series: seconds from the start and milliseconds; without times, the runs' numbers stand for them.
    package init(_ series: [(starts: [Double], samples: [Double])]) {
        self.series = series
        hasTimes = series.allSatisfy { $0.starts.count == $0.samples.count }
    }

    /// Consecutive runs: where they are on the axis, the fastest, the median and the slowest.
    private func groups(
        _ starts: [Double], _ samples: [Double]
    ) -> [(x: Double, low: Double, middle: Double, high: Double)] {
        let count = min(Self.points, samples.count)
        return (0..<count).map { group in
            let range = samples.count * group / count..<samples.count * (group + 1) / count
            let sorted = samples[range].sorted()
            let first = hasTimes ? starts[range.lowerBound] : Double(range.lowerBound)
            return (first, sorted[0], sorted[sorted.count / 2], sorted[sorted.count - 1])
        }
    }

    package var svg: String {
        let lines = series.map { groups($0.starts, $0.samples) }
        let all = lines.joined()
        guard let last = all.map(\.x).max(), let low = all.map(\.low).min(), let high = all.map(\.high).max() else {
            return ""
        }
        // A single slow run must not flatten all the rest.
        let ceiling = min(high, 3 * (series.map { LatencyStatistics(milliseconds: $0.samples).p99 }.max() ?? high))
        let margin = max(0.05 * (ceiling - low), 0.01 * ceiling)
        let first = min(all.map(\.x).min() ?? 0, last)
        var plot = SVGPlot(
            x: first...max(last, first + 1e-3), y: max(low - margin, 0.9 * low)...(ceiling + margin),
            logarithmicY: ceiling > 6 * low)
        plot.axes(xTitle: hasTimes ? "seconds" : "run", yTitle: "milliseconds")
        for (index, line) in lines.enumerated() {
            func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
                (plot.x.position(x), plot.y.position(min(y, ceiling + margin)))
            }
            let band = line.map { place($0.x, $0.high) } + line.reversed().map { place($0.x, $0.low) }
            plot.path(band, classes: "band " + ReportStyle.classes("a", series: index), closed: true)
            plot.path(line.map { place($0.x, $0.middle) }, classes: "line " + ReportStyle.classes("l", series: index))
        }
        return plot.svg(label: "Latency over time")
    }
}
