import Foundations
import Measuring

/// A model's steps, or kinds of steps, as bars of their time.
package struct LayerBars {
    private let rows: [(name: String, milliseconds: Double, share: Double, gflops: Double, macs: Int, detail: String)]
    private let classes: String
    private let heading: String

    package init(_ record: BenchRecord, kinds: Bool, series: Int) {
        let groups = kinds ? record.kinds : record.layers.map { ($0.name, [$0]) }
        rows = groups.map { name, layers in
            let milliseconds = BenchRecord.total(layers)
            let macs = layers.reduce(0) { $0 + $1.macs }
            return (
                kinds ? "\(name) (\(layers.count))" : name, milliseconds,
                layers.reduce(0) { $0 + (record.share($1) ?? 0) },
                BenchRecord.gflops(macs, milliseconds: milliseconds), macs,
                kinds || layers[0].kernel.isEmpty
                    ? "" : "\(layers[0].input) → \(layers[0].output), \(layers[0].kernel)"
            )
        }
        classes = ReportStyle.classes("b", series: series)
        heading = kinds ? "kind (steps)" : "step"
    }

    package var html: String {
        let longest = max(rows.map(\.milliseconds).max() ?? 0, 1e-9)
        var text = "<div class=\"scroll\"><table class=\"bars\"><thead><tr><th scope=\"col\">\(heading)</th>"
        text += "<th scope=\"col\">ms</th><th scope=\"col\">share</th><th scope=\"col\">MMACs</th>"
        text += "<th scope=\"col\">GFLOP/s</th></tr></thead><tbody>\n"
        for row in rows {
            let width = Format.fixed(100 * row.milliseconds / longest, 1)
            let gflops = row.macs > 0 ? Format.fixed(row.gflops, 1) : "–"
            text += "<tr><th scope=\"row\">\(Markup.escaped(row.name))"
            if !row.detail.isEmpty { text += "<small>\(Markup.escaped(row.detail))</small>" }
            text += "<span class=\"bar \(classes)\" style=\"width:\(width)%\"></span></th>"
            text += "<td>\(Scale.label(row.milliseconds))</td><td>\(Format.fixed(100 * row.share, 1)) %</td>"
            text += "<td>\(Format.fixed(Double(row.macs) / 1e6, 2))</td><td>\(gflops)</td></tr>\n"
        }
        return text + "</tbody></table></div>\n"
    }
}
