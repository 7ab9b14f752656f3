import Foundations
import ModelFormat

extension HTMLReport {
    /// The title, the first result in large figures, and warnings.
    package static func headline(_ entries: [Entry]) -> String {
        guard let record = entries.first?.record else { return "<h1>condensenet bench</h1>\n" }
        var text = "<header><h1>\(Markup.escaped(record.model))</h1>\n<p class=\"note\">"
        let place = [
            record.circumstances["board"]?.string, record.circumstances["processor"]?.string,
            record.circumstances["kernel_set"]?.string, "\(record.threads) thread\(record.threads == 1 ? "" : "s")",
            "\(Format.grouped(record.latency.count)) runs", entries.count > 1 ? "1 of \(entries.count) results" : nil,
        ]
        text += Markup.escaped(place.compactMap { $0 }.joined(separator: " · ")) + "</p>\n<dl class=\"figures\">"
        func figure(_ name: String, _ value: String, _ unit: String) {
            text += "<div><dt>\(name)</dt><dd>\(value)<small> \(unit)</small></dd></div>"
        }
        figure("median", Scale.label(record.latency.p50), "ms")
        figure("p90", Scale.label(record.latency.p90), "ms")
        figure("p99", Scale.label(record.latency.p99), "ms")
        figure("arithmetic", Format.fixed(record.gflops, 1), "GFLOP/s")
        if let share = record.peakShare { figure("of the peak", Format.fixed(100 * share, 0), "%") }
        text += "</dl>\n"
        var seen: Set<String> = []
        for entry in entries {
            for warning in entry.record.circumstances["warnings"]?.elements ?? [] {
                guard let warning = warning.string, seen.insert(warning).inserted else { continue }
                text += "<p class=\"warning\">\(Markup.escaped(warning))</p>\n"
            }
        }
        return text + "</header>\n"
    }

    /// All results in one table; the ratio compares medians with the first.
    package var comparison: String {
        guard let first = entries.first?.record else { return "" }
        let percentile = first.isMLPerf ? 90 : 50
        let titles = [
            "model, threads", "p50 ms", "p90", "p\(percentile) ratio", "p99", "min", "mean", "stddev", "outliers",
            "runs",
            "GFLOP/s", "of peak", "load + plan ms", "memory",
        ]
        var rows = ""
        let slowest = entries.map { $0.record.latency.value(percentile: percentile) }.max() ?? 1
        for (index, entry) in entries.enumerated() {
            let record = entry.record
            let latency = record.latency
            let quoted = latency.value(percentile: percentile)
            var cells = [latency.p50, latency.p90].map(Scale.label)
            cells.append(Format.fixed(quoted / first.latency.value(percentile: percentile), 3))
            cells += [latency.p99, latency.min, latency.mean, latency.stddev].map(Scale.label)
            cells += [
                "\(latency.outliers)", Format.grouped(latency.count),
                Format.fixed(record.gflops, 1), record.peakShare.map { Format.fixed(100 * $0, 0) + " %" } ?? "–",
                Scale.label(record.preparationMilliseconds), Format.bytes(record.plannedBytes),
            ]
            let name = "\(entry.source.map { "\($0): " } ?? "")\(record.model), \(record.threads)"
            let width = Format.fixed(100 * quoted / slowest, 1)
            rows += "<tr><th scope=\"row\">\(Markup.escaped(name))\(record.hasRandomWeights ? " *" : "")"
            let classes = ReportStyle.classes("b", series: index)
            rows += "<span class=\"bar \(classes)\" style=\"width:\(width)%\"></span></th>"
            rows += cells.map { "<td>\(Markup.escaped($0))</td>" }.joined() + "</tr>\n"
        }
        let head = titles.map { "<th scope=\"col\">\($0)</th>" }.joined()
        let note = entries.contains { $0.record.hasRandomWeights } ? "<p class=\"note\">* random weights</p>" : ""
        return "<section><h2>Results</h2><div class=\"scroll\"><table class=\"results\"><thead><tr>\(head)</tr></thead>"
            + "<tbody>\n\(rows)</tbody></table></div>\(note)</section>\n"
    }

    /// The circumstances of each source, once where all records share them.
    package var circumstances: String {
        var groups: [(title: String, value: JSONValue)] = []
        var seen: Set<String> = []
        for entry in entries where seen.insert(entry.record.circumstances.text()).inserted {
            groups.append((entry.source ?? "", entry.record.circumstances))
        }
        var text = "<section><h2>Circumstances</h2>\n"
        for group in groups {
            if !group.title.isEmpty { text += "<h3>\(Markup.escaped(group.title))</h3>" }
            text += Self.list(group.value)
        }
        for entry in entries {
            let record = entry.record
            text += "<h3>\(Markup.escaped(entry.title))</h3>"
            text += Self.list([
                "file": .string(record.path), "CRC-32": .string(record.checksum),
                "random weights": .bool(record.hasRandomWeights), "MACs": .string(Format.grouped(record.macs)),
            ])
            text += Self.list(record.preparation) + Self.list(record.memory, asBytes: true)
        }
        return text + "</section>\n"
    }

    private static func list(_ value: JSONValue, asBytes: Bool = false) -> String {
        guard case .object(let members) = value else { return "" }
        let items = members.filter { $0.name != "warnings" }.map { member in
            let isBytes = member.name.hasSuffix("_bytes")
            let bytes = asBytes || isBytes
            let name = member.name.dropLast(isBytes ? 6 : 0).split(separator: "_").joined(separator: " ")
            return "<div><dt>\(Markup.escaped(name))</dt><dd>\(Markup.escaped(plain(member.value, bytes)))</dd></div>"
        }
        return "<dl class=\"facts\">\(items.joined(separator: "\n"))</dl>\n"
    }

    private static func plain(_ value: JSONValue, _ asBytes: Bool) -> String {
        switch value {
        case .string(let string): string
        case .bool(let flag): flag ? "yes" : "no"
        case .integer(let integer): asBytes ? Format.bytes(integer) : Format.grouped(integer)
        case .number(let number): Scale.label(number)
        case .array(let elements): elements.map { plain($0, asBytes) }.joined(separator: ", ")
        case .null: "–"
        case .object: value.text()
        }
    }
}
