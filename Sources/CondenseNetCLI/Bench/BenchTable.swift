import CommandLineSupport
import Foundations
import Measuring
import ModelFormat

/// The results as an aligned table, with ratios to the first row.
struct BenchTable {
    private let records: [BenchRecord]
    private let percentile: Int

    /// - Parameter percentile: the one that ratios compare, 50 or 90.
    init(_ records: [BenchRecord], percentile: Int) {
        self.records = records
        self.percentile = percentile
    }

    var text: String {
        guard let first = records.first else { return "" }
        let reference = first.latency.value(percentile: percentile)
        var table = TextTable([
            ("model", .left), ("threads", .right), ("runs", .right), ("min ms", .right), ("mean", .right),
            ("p50", .right), ("p90", .right), ("p99", .right), ("stddev", .right), ("outliers", .right),
            ("p\(percentile) ratio", .right), ("GFLOP/s", .right), ("of peak", .right), ("load + plan ms", .right),
            ("memory", .right),
        ])
        for record in records {
            let latency = record.latency
            let numbers = [latency.min, latency.mean, latency.p50, latency.p90, latency.p99, latency.stddev]
            table.append(
                ["\(record.model)\(record.hasRandomWeights ? " *" : "")", "\(record.threads)", "\(latency.count)"]
                    + numbers.map(Self.milliseconds) + [
                        "\(latency.outliers)", Format.fixed(latency.value(percentile: percentile) / reference, 3),
                        Format.fixed(record.gflops, 1),
                        record.peakShare.map { Format.fixed(100 * $0, 0) + " %" } ?? "–",
                        Self.milliseconds(record.preparationMilliseconds), Format.bytes(record.plannedBytes),
                    ])
        }
        var text = table.text + "\n"
        if records.contains(where: \.hasRandomWeights) {
            text += "* random weights: the latency counts, the answers do not\n"
        }
        if let peaks = first.peaks {
            text += """
                multiply-add peak \(Format.fixed(peaks.gflops, 1)) GFLOP/s, reads \
                \(Format.fixed(peaks.cacheGigabytes, 0)) GB/s from cache and \(Format.fixed(peaks.memoryGigabytes, 0)) GB/s \
                from memory on \(first.threads) thread\(first.threads == 1 ? "" : "s"), measured; \

                """
        }
        text += "peak memory of the whole process \(Format.bytes(first.memory["process_peak"]?.integer ?? 0))\n"
        if first.isMLPerf { text += "single-stream conditions met: p90 is the figure to quote\n" }
        return text
    }

    private static func milliseconds(_ value: Double) -> String { Format.fixed(value, value < 10 ? 3 : 2) }
}
