import Foundations
import Measuring

/// Two results step by step, where both were profiled and have steps of the same names.
struct StepDifference {
    private let entries: [HTMLReport.Entry]
    private let rows: [(name: String, kernels: String, before: Double, after: Double)]

    /// `nil` unless there are two profiled results that share steps.
    init?(_ entries: [HTMLReport.Entry]) {
        guard entries.count == 2 else { return nil }
        let after = Dictionary(
            entries[1].record.layers.compactMap { layer in layer.milliseconds.map { (layer.name, (layer, $0)) } },
            uniquingKeysWith: { first, _ in first })
        rows = entries[0].record.layers.compactMap { layer in
            guard let before = layer.milliseconds, let (other, milliseconds) = after[layer.name] else { return nil }
            let kernels = layer.kernel == other.kernel ? layer.kernel : "\(layer.kernel) → \(other.kernel)"
            return (layer.name, kernels, before, milliseconds)
        }
        guard !rows.isEmpty else { return nil }
        self.entries = entries
    }

    var title: String { "Step by step: \(entries[0].title) and \(entries[1].title)" }

    var caption: String { "Medians of the profiled runs; the largest differences first. Steps are matched by name." }

    var html: String {
        var text = "<div class=\"scroll\"><table class=\"bars\"><thead><tr><th scope=\"col\">step</th>"
        text += "<th scope=\"col\" class=\"wide\">kernel</th><th scope=\"col\">first ms</th>"
        text += "<th scope=\"col\" class=\"wide\">second ms</th><th scope=\"col\">difference</th>"
        text += "<th scope=\"col\" class=\"wide\">ratio</th></tr></thead><tbody>\n"
        for row in rows.sorted(by: { ($0.after - $0.before).magnitude > ($1.after - $1.before).magnitude }) {
            let difference = row.after - row.before
            text += "<tr><th scope=\"row\">\(Markup.escaped(row.name))</th>"
            text += "<td class=\"wide\">\(Markup.escaped(row.kernels))</td><td>\(Scale.label(row.before))</td>"
            text += "<td class=\"wide\">\(Scale.label(row.after))</td>"
            text += "<td>\(difference < 0 ? "−" : "+")\(Format.fixed(difference.magnitude, 4))</td>"
            text += "<td class=\"wide\">\(row.before > 0 ? Format.fixed(row.after / row.before, 3) : "–")</td></tr>\n"
        }
        return text + "</tbody></table></div>"
    }
}
