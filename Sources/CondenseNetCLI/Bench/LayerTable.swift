import CommandLineSupport
import Foundations
import Measuring

/// Where a model's time goes, by step and by kind.
struct LayerTable {
    private let record: BenchRecord

    init(_ record: BenchRecord) { self.record = record }

    var text: String {
        guard let runs = record.profiledRuns, let overhead = record.profilingOverhead else { return "" }
        var text = "\(record.title): medians of \(runs) profiled runs; "
        text += "profiling changes the latency by \(Format.signedPercent(overhead))"
        text = text.wrapped(width: Terminal.outputWidth) + "\n\n"
        var steps = Self.table("step")
        for layer in record.layers { steps.append(row(layer.name, [layer])) }
        var kinds = Self.table("kind")
        for (kind, layers) in record.kinds { kinds.append(row("\(kind) (\(layers.count))", layers)) }
        return text + steps.text(width: Terminal.outputWidth) + "\n" + kinds.text(width: Terminal.outputWidth)
    }

    private static func table(_ title: String) -> TextTable {
        TextTable([
            .left(title), .right("ms"), .right("share", rank: 1), .right("MACs", rank: 4), .right("GFLOP/s", rank: 2),
            .right("of peak", rank: 3),
        ])
    }

    private func row(_ name: String, _ layers: [BenchRecord.Layer]) -> [String] {
        let milliseconds = BenchRecord.total(layers)
        let share = layers.reduce(0) { $0 + (record.share($1) ?? 0) }
        let macs = layers.reduce(0) { $0 + $1.macs }
        let gflops = BenchRecord.gflops(macs, milliseconds: milliseconds)
        return [
            name, Format.fixed(milliseconds, 4), Format.fixed(100 * share, 1) + " %", Format.grouped(macs),
            macs > 0 ? Format.fixed(gflops, 1) : "–",
            record.peaks.map { macs > 0 ? Format.fixed(100 * gflops / $0.gflops, 0) + " %" : "–" } ?? "–",
        ]
    }
}
