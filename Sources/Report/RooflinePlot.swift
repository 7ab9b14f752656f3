import Foundations
import Measuring

/// Each step's arithmetic rate over its arithmetic intensity, under the roofs of the machine (Williams, Waterman and
/// Patterson, CACM 2009).
package struct RooflinePlot {
    package struct Point {
        package let series: Int
        /// Operations for each byte.
        package let intensity: Double
        package let gflops: Double
        package let share: Double
        package let title: String
    }

    private let points: [Point]
    /// The roofs of each number of threads, the highest first; those of more machines than one by their sources.
    private let roofs: [(name: String, peaks: BenchRecord.Peaks)]

    /// `nil` where no step that multiplies was profiled.
    package init?(_ entries: [HTMLReport.Entry]) {
        points = Self.points(entries)
        guard !points.isEmpty else { return nil }
        var roofs: [(name: String, peaks: BenchRecord.Peaks)] = []
        let hosts = Set(entries.map { $0.record.circumstances["host"]?.string })
        for entry in entries where entry.record.profiledRuns != nil {
            guard let peaks = entry.record.peaks else { continue }
            let source = hosts.count > 1 ? entry.source.map { "\($0), " } ?? "" : ""
            let name = source + Format.counted(entry.record.threads, "thread")
            if !roofs.contains(where: { $0.name == name }) { roofs.append((name, peaks)) }
        }
        // More of them would hide the marks.
        self.roofs = Array(roofs.sorted { $0.peaks.gflops > $1.peaks.gflops }.prefix(4))
    }

    /// The profiled steps that multiply.
    private static func points(_ entries: [HTMLReport.Entry]) -> [Point] {
        entries.enumerated().flatMap { index, entry -> [Point] in
            // A model's name is as long as its file likes, and every step repeats it.
            let title = String(String.UnicodeScalarView(entry.title.unicodeScalars.prefix(100)))
            return entry.record.layers.compactMap { layer in
                guard let gflops = layer.gflops, gflops > 0, layer.macs > 0, layer.bytes > 0 else { return nil }
                return Point(
                    series: index, intensity: 2 * Double(layer.macs) / Double(layer.bytes),
                    gflops: gflops, share: entry.record.share(layer) ?? 0,
                    title: """
                        \(title), \(layer.name): \(Format.fixed(gflops, 1)) GFLOP/s, \
                        \(Format.fixed(layer.milliseconds ?? 0, 3)) ms
                        """)
            }
        }
    }

    package var svg: String {
        let intensities = points.map(\.intensity), rates = points.map(\.gflops)
        let (left, right, low, high) = (intensities.min()!, intensities.max()!, rates.min()!, rates.max()!)
        let ridge = roofs.map { $0.peaks.gflops / $0.peaks.memoryGigabytes }.max() ?? right
        var plot = SVGPlot(
            x: min(left, 1) / 1.5...max(right, ridge) * 2, y: low / 2...max(high, roofs.first?.peaks.gflops ?? 0) * 2,
            height: 380,
            logarithmicX: true, logarithmicY: true)
        plot.axes(xTitle: "operations per byte", yTitle: "GFLOP/s")
        for (_, peaks) in roofs {
            roof(peaks.memoryGigabytes, under: peaks.gflops, in: &plot)
            roof(peaks.cacheGigabytes, under: peaks.gflops, in: &plot)
        }
        for point in points.sorted(by: { $0.share > $1.share }) {
            plot.mark(
                at: (plot.x.position(point.intensity), plot.y.position(point.gflops)),
                radius: 2.5 + 36 * point.share.squareRoot(), series: point.series, title: point.title)
        }
        // After the marks, which would hide them.
        if roofs.count == 1, let peaks = roofs.first?.peaks {
            label("memory", peaks.memoryGigabytes, in: &plot)
            label("cache", peaks.cacheGigabytes, in: &plot)
        }
        for (name, peaks) in roofs {
            plot.text(
                "\(roofs.count > 1 ? name + ":" : "peak") \(Format.fixed(peaks.gflops, 1)) GFLOP/s",
                at: (plot.x.range.end - 4, plot.y.position(peaks.gflops) - 6), anchor: "end", classes: "label")
        }
        return plot.svg(label: "Roofline plot of the plan's steps")
    }

    /// A slope of `gigabytes` each second up to the flat roof.
    private func roof(_ gigabytes: Double, under gflops: Double, in plot: inout SVGPlot) {
        let (x, y) = (plot.x, plot.y)
        let start = max(x.domain.lowerBound, y.domain.lowerBound / gigabytes)
        let ridge = min(max(gflops / gigabytes, start), x.domain.upperBound)
        plot.path(
            [
                (x.position(start), y.position(min(start * gigabytes, gflops))),
                (x.position(ridge), y.position(gflops)),
                (x.range.end, y.position(gflops)),
            ], classes: "roof")
    }

    /// Names the slope of `gigabytes` each second, to its right and a little above its foot.
    private func label(_ name: String, _ gigabytes: Double, in plot: inout SVGPlot) {
        let (x, y) = (plot.x, plot.y)
        let foot = max(x.domain.lowerBound, 1.4 * y.domain.lowerBound / gigabytes)
        plot.text(
            "\(name) \(Format.fixed(gigabytes, 0)) GB/s", at: (x.position(foot) + 10, y.position(foot * gigabytes) + 4),
            anchor: "start", classes: "label")
    }
}
