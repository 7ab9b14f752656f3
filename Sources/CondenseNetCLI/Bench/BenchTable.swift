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

    /// - Parameter width: columns of the terminal, beyond which no line goes; `nil` for any number.
    func text(width: Int?) -> String {
        guard !records.isEmpty else { return "" }
        return table.text(width: width) + "\n" + notes.map { $0.wrapped(width: width) + "\n" }.joined()
    }

    /// The same as Markdown.
    var markdown: String {
        guard !records.isEmpty else { return "" }
        return table.markdown + "\n" + notes.map { "- \($0)\n" }.joined()
    }

    private var table: TextTable {
        let first = records[0]
        let reference = first.latency.value(percentile: percentile)
        var table = TextTable([
            .left("model"), .right("threads"), .right("runs", rank: 6), .right("min", rank: 7), .right("mean", rank: 8),
            .right("p50 ms"), .right("p90", rank: 1), .right("p99", rank: 2), .right("stddev", rank: 10),
            .right("outliers", rank: 11), .right("p\(percentile) ratio"), .right("GFLOP/s", rank: 3),
            .right("of peak", rank: 4), .right("load + plan ms", rank: 9), .right("memory", rank: 5),
        ])
        for record in records {
            let latency = record.latency
            let numbers = [latency.min, latency.mean, latency.p50, latency.p90, latency.p99, latency.stddev]
            table.append(
                [
                    "\(record.model.onOneLine)\(record.hasRandomWeights ? " *" : "")", "\(record.threads)",
                    "\(latency.count)",
                ]
                    + numbers.map(Self.milliseconds) + [
                        "\(latency.outliers)", Format.fixed(latency.value(percentile: percentile) / reference, 3),
                        Format.fixed(record.gflops, 1),
                        record.peakShare.map { Format.fixed(100 * $0, 0) + " %" } ?? "–",
                        Self.milliseconds(record.preparationMilliseconds), Format.bytes(record.plannedBytes),
                    ])
        }
        return table
    }

    /// What the table cannot say.
    private var notes: [String] {
        guard let first = records.first else { return [] }
        var notes: [String] = []
        if records.contains(where: \.hasRandomWeights) {
            notes.append("* random weights: the latency counts, the answers do not")
        }
        if let photo = first.endToEnd { notes.append("latency from the bytes of \(photo) to its labels") }
        if let peaks = first.peaks {
            notes.append(
                """
                multiply-add peak \(Format.fixed(peaks.gflops, 1)) GFLOP/s, reads \
                \(Format.fixed(peaks.cacheGigabytes, 0)) GB/s from cache and \(Format.fixed(peaks.memoryGigabytes, 0)) GB/s \
                from memory on \(first.threads) thread\(first.threads == 1 ? "" : "s"), measured
                """)
        }
        notes.append("peak memory of the whole process \(Format.bytes(first.memory["process_peak"]?.integer ?? 0))")
        if first.isMLPerf { notes.append("single-stream conditions met: p90 is the figure to quote") }
        return notes
    }

    private static func milliseconds(_ value: Double) -> String { Format.fixed(value, value < 10 ? 3 : 2) }
}
