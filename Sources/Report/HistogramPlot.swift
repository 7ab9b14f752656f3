import Measuring

/// How latencies are spread, one curve for each series.
package struct HistogramPlot {
    private let series: [[Double]]

    package init(_ series: [[Double]]) { self.series = series }

    package var svg: String {
        guard let domain else { return "" }
        let bins = 72
        // Models of very different speed share one axis.
        let isLogarithmic = domain.upperBound > 4 * domain.lowerBound
        let scale = Scale(domain, from: 0, to: Double(bins), logarithmic: isLogarithmic)
        let shares = series.map { samples in
            var counts = [Int](repeating: 0, count: bins)
            for sample in samples where domain.contains(sample) {
                counts[min(Int(scale.position(sample)), bins - 1)] += 1
            }
            return counts.map { 100 * Double($0) / Double(samples.count) }
        }
        let top = shares.flatMap { $0 }.max() ?? 1
        var plot = SVGPlot(x: domain, y: 0...max(top, 1) * 1.08, logarithmicX: isLogarithmic)
        plot.axes(xTitle: "milliseconds", yTitle: "% of runs")
        for (index, shares) in shares.enumerated() {
            var outline: [(x: Double, y: Double)] = [(plot.x.position(domain.lowerBound), plot.y.position(0))]
            for (bin, share) in shares.enumerated() {
                for edge in [bin, bin + 1] {
                    let value = plot.x.value(at: Double(edge) / Double(bins))
                    outline.append((plot.x.position(value), plot.y.position(share)))
                }
            }
            outline.append((plot.x.position(domain.upperBound), plot.y.position(0)))
            plot.path(outline, classes: "area " + ReportStyle.classes("a", series: index), closed: true)
            let median = plot.x.position(LatencyStatistics(milliseconds: series[index]).p50)
            plot.path(
                [(median, plot.y.range.start - 14), (median, plot.y.range.start + 4)],
                classes: "line " + ReportStyle.classes("l", series: index))
        }
        let hidden = series.joined().reduce(0) { $0 + (domain.contains($1) ? 0 : 1) }
        if hidden > 0 {
            plot.text("\(hidden) slower →", at: (plot.x.range.end - 4, plot.y.range.end + 12), anchor: "end")
        }
        return plot.svg(label: "Histogram of latencies")
    }

    /// From a little below the fastest run to a little beyond the 99th percentile.
    private var domain: ClosedRange<Double>? {
        let filled = series.filter { !$0.isEmpty }.map { LatencyStatistics(milliseconds: $0) }
        guard let low = filled.map(\.min).min(), let high = filled.map(\.p99).max() else { return nil }
        let margin = max(0.04 * (high - low), 0.005 * high, 1e-6)
        return max(low - margin, 0.98 * low)...(high + margin)
    }
}
