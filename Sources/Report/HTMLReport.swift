import CondenseNet
import Foundations
import Measuring
import ModelFormat

/// Measurements as one page that needs nothing else: inline style, inline SVG, no script, no network.
package struct HTMLReport {
    /// A record and the name of the file that it came from, where several are compared.
    package struct Entry {
        package let record: BenchRecord
        package let source: String?

        package init(record: BenchRecord, source: String?) {
            self.record = record
            self.source = source
        }

        package var title: String { source.map { "\($0): \(record.title)" } ?? record.title }
    }

    package let entries: [Entry]

    package init(entries: [Entry]) { self.entries = entries }

    package init(_ records: [BenchRecord]) { entries = records.map { Entry(record: $0, source: nil) } }

    /// The whole page. It is well-formed XML too.
    package var text: String {
        var body = Self.headline(entries) + comparison
        body += section(
            "Latency distribution", distribution, "The share of runs in each interval; the tick is the median.")
        body += section(
            "Latency over time", timeSeries,
            "Median and range of consecutive runs. A steady line means that neither heat nor a neighbour disturbed them."
        )
        body += StepDifference(entries).map { section($0.title, $0.html, $0.caption) } ?? ""
        for (index, entry) in entries.prefix(Self.drawn).enumerated()
        where entry.record.layers.contains(where: { $0.milliseconds != nil }) {
            body += layers(entry, series: index)
        }
        if let roofline = RooflinePlot(entries)?.svg {
            body += section(
                "Roofline", figure(roofline) + (entries.count > 1 ? legend : ""),
                """
                Each mark is a step of a plan; it grows with its share of the time. Roofs: the multiply-add peak and the read \
                bandwidths for each number of threads, measured in the same run. Intensity counts every activation and \
                weight once. Minimal filtering needs fewer multiplications than are counted, so it may rise above the roof.
                """)
        }
        body += circumstances
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <title>\(Markup.escaped("condensenet bench: " + Self.title(entries)))</title>
            <style>\(ReportStyle.text)</style>
            </head>
            <body><main>
            \(body)
            <footer>condensenet \(Markup.escaped(CondenseNet.version)). GFLOP/s counts a multiply-accumulate as two \
            operations, at the median latency. Percentiles by nearest rank; outliers lie beyond p75 + 3 · (p75 − p25).</footer>
            </main></body>
            </html>

            """
    }

    private func section(_ title: String, _ content: String, _ caption: String = "") -> String {
        guard !content.isEmpty else { return "" }
        let note = caption.isEmpty ? "" : "<p class=\"note\">\(Markup.escaped(caption))</p>"
        return "<section><h2>\(Markup.escaped(title))</h2>\n\(content)\n\(note)</section>\n"
    }

    private func figure(_ svg: String) -> String { "<div class=\"plot\">\(svg)</div>" }

    /// Names and colours of all entries.
    private var legend: String {
        let items = entries.enumerated().map {
            "<li><i class=\"\(ReportStyle.classes("b", series: $0.offset))\"></i>\(Markup.escaped($0.element.title))</li>"
        }
        return "<ul class=\"legend\">\(items.joined())</ul>"
    }

    /// Results whose course is drawn: of more, the table tells.
    private static let drawn = 24
    /// Series that one plot can hold.
    private static let together = 3

    private var distribution: String {
        let shown = entries.prefix(Self.drawn)
        guard entries.count > Self.together else {
            return figure(HistogramPlot(entries.map(\.record.samples)).svg) + legend
        }
        return multiples(shown.map { HistogramPlot([$0.record.samples]).svg })
    }

    private var timeSeries: String {
        let shown = entries.prefix(Self.drawn)
        guard entries.count > Self.together else {
            return figure(TimeSeriesPlot(entries.map { ($0.record.starts, $0.record.samples) }).svg)
                + (entries.count > 1 ? legend : "")
        }
        return multiples(shown.map { TimeSeriesPlot([($0.record.starts, $0.record.samples)]).svg })
    }

    /// A small plot for each result, under its name.
    private func multiples(_ plots: [String]) -> String {
        let figures = zip(entries, plots).map {
            "<figure><figcaption>\(Markup.escaped($0.title))</figcaption>\($1)</figure>"
        }
        let rest = entries.count - plots.count
        let note = rest > 0 ? "<p class=\"note\">\(rest) more results are in the table only.</p>" : ""
        return "<div class=\"multiples\">\(figures.joined(separator: "\n"))</div>\(note)"
    }

    private func layers(_ entry: Entry, series: Int) -> String {
        let record = entry.record
        let overhead = record.profilingOverhead.map {
            " Profiling changed the latency by \(Format.signedPercent($0)); the shares are of the profiled time."
        }
        return section(
            "Where the time goes: \(entry.title)",
            "<h3>By kind</h3>" + LayerBars(record, kinds: true, series: series).html
                + "<details\(series == 0 ? " open=\"open\"" : "")><summary>By step</summary>"
                + LayerBars(record, kinds: false, series: series).html + "</details>",
            "Medians over \(record.profiledRuns ?? 0) profiled runs.\(overhead ?? "")")
    }
}
