import Foundations
import Measuring
import ModelFormat

extension HTMLReport {
    /// What the page is about: the model, or those that are compared.
    static func title(_ entries: [Entry]) -> String {
        var models: [String] = []
        for entry in entries where !models.contains(entry.record.model) { models.append(entry.record.model) }
        var sources: [String] = []
        for case let source? in entries.map(\.source) where !sources.contains(source) { sources.append(source) }
        func list(_ names: [String]) -> String {
            guard names.count > 1 else { return names.first ?? "no result" }
            return names.count > 4
                ? "\(names.count) of them"
                : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
        }
        if models.count == 1, sources.count > 1 { return "\(models[0]): \(list(sources)) compared" }
        return models.count > 4 ? "\(models.count) networks compared" : list(models)
    }

    /// The title, large figures of one result or the fastest and the slowest of several, and warnings.
    static func headline(_ entries: [Entry]) -> String {
        guard let record = entries.first?.record else { return "<h1>condensenet bench</h1>\n" }
        var text = "<header><h1>\(Markup.escaped(title(entries)))</h1>\n<p class=\"note\">"
        let place = [
            record.circumstances["board"]?.string, record.circumstances["processor"]?.string,
            record.circumstances["kernel_set"]?.string, record.circumstances["host"]?.string,
            record.circumstances["date"]?.string,
            entries.count > 1
                ? "\(entries.count) results" : Format.counted(record.threads, "thread"),
            entries.count > 1 ? nil : "\(Format.grouped(record.latency.count)) runs",
        ]
        text += Markup.escaped(place.compactMap { $0 }.joined(separator: " · ")) + "</p>\n"
        text += "<dl class=\"figures\">" + (entries.count == 1 ? figures(record) : figures(entries)) + "</dl>\n"
        return text + warnings(entries) + "</header>\n"
    }

    private static func figure(_ name: String, _ value: String, _ unit: String) -> String {
        "<div><dt>\(Markup.escaped(name))</dt><dd>\(value)<small> \(unit)</small></dd></div>"
    }

    private static func figures(_ record: BenchRecord) -> String {
        figure("median", Scale.label(record.latency.p50), "ms") + figure("p90", Scale.label(record.latency.p90), "ms")
            + figure("p99", Scale.label(record.latency.p99), "ms")
            + figure("arithmetic", Format.fixed(record.gflops, 1), "GFLOP/s")
            + (record.peakShare.map { figure("of the peak", Format.fixed(100 * $0, 0), "%") } ?? "")
    }

    /// Of several results: each one's median where they are few, else the fastest and the slowest.
    private static func figures(_ entries: [Entry]) -> String {
        let sorted = entries.sorted { $0.record.latency.p50 < $1.record.latency.p50 }
        let shown = entries.count <= 4 ? entries : [sorted[0], sorted[sorted.count - 1]]
        let fastest = sorted[0].record.latency.p50
        return shown.map { entry in
            let ratio = entry.record.latency.p50 / fastest
            let unit = ratio > 1 ? "ms, \(Format.fixed(ratio, 2)) times the fastest" : "ms, the fastest"
            return figure(entry.title, Scale.label(entry.record.latency.p50), unit)
        }.joined()
    }

    /// Each warning once, with the results that it is about where not all share it.
    private static func warnings(_ entries: [Entry]) -> String {
        var order: [String] = []
        var sources: [String: [String]] = [:]
        for entry in entries {
            for case let warning? in (entry.record.circumstances["warnings"]?.elements ?? []).map(\.string) {
                if sources[warning] == nil { order.append(warning) }
                if let source = entry.source, sources[warning]?.contains(source) != true {
                    sources[warning, default: []].append(source)
                }
                sources[warning, default: []] += []
            }
        }
        return order.map { warning in
            let about = sources[warning] ?? []
            let prefix = about.isEmpty ? "" : about.joined(separator: ", ") + ": "
            return "<p class=\"warning\">\(Markup.escaped(prefix + warning))</p>\n"
        }.joined()
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
            rows +=
                cells.enumerated().map { position, cell in
                    "<td\(Self.narrow(position + 1))>\(Markup.escaped(cell))</td>"
                }.joined() + "</tr>\n"
        }
        let head = titles.enumerated().map { position, title in
            "<th scope=\"col\"\(Self.narrow(position))>\(title)</th>"
        }.joined()
        var note = entries.contains { $0.record.hasRandomWeights } ? "<p class=\"note\">* random weights</p>" : ""
        if entries.contains(where: { ($0.record.peakShare ?? 0) > 1 }) {
            note +=
                "<p class=\"note\">More than 100 % of the peak: 3×3 convolutions by Winograd's minimal filtering need "
            note += "half of the multiplications that are counted.</p>"
        }
        return "<section><h2>Results</h2><div class=\"scroll\"><table class=\"results\"><thead><tr>\(head)</tr></thead>"
            + "<tbody>\n\(rows)</tbody></table></div>\(note)</section>\n"
    }

    /// The columns that a phone has no room for; the list of each result below has what they say.
    private static func narrow(_ column: Int) -> String { column > 3 ? " class=\"wide\"" : "" }

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
            let latency = record.latency
            text += Self.list([
                "p50 (ms)": .number(latency.p50), "p90 (ms)": .number(latency.p90), "p99 (ms)": .number(latency.p99),
                "min (ms)": .number(latency.min), "mean (ms)": .number(latency.mean), "max (ms)": .number(latency.max),
                "stddev (ms)": .number(latency.stddev), "outliers": .integer(latency.outliers),
                "runs": .integer(latency.count), "GFLOP/s": .number(record.gflops),
                "of the peak": record.peakShare.map { .string(Format.fixed(100 * $0, 0) + " %") } ?? .null,
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
            let name =
                factNames[member.name]
                ?? member.name.dropLast(isBytes ? 6 : 0).split(separator: "_").joined(separator: " ")
            return "<div><dt>\(Markup.escaped(name))</dt><dd>\(Markup.escaped(plain(member.value, bytes)))</dd></div>"
        }
        return "<dl class=\"facts\">\(items.joined(separator: "\n"))</dl>\n"
    }

    /// Names of facts that their members' names do not give.
    private static let factNames = [
        "measured_ghz_before": "clock before (GHz)", "measured_ghz_after": "clock after (GHz)",
        "mhz_before": "cpufreq before (MHz)", "mhz_after": "cpufreq after (MHz)", "maximum_mhz": "highest clock (MHz)",
        "celsius_before": "temperature before (°C)", "celsius_after": "temperature after (°C)",
        "load_ms": "loading (ms)", "plan_ms": "planning (ms)", "warmup_seconds": "warm-up (s)",
        "warmup_runs": "warm-up runs", "warmup_stable": "stable after the warm-up", "command": "command line",
        "kernel_set": "kernels", "processor_quota": "processor quota", "process_peak": "peak of the process",
        "online_processors": "processors online", "allowed_processors": "processors allowed",
    ]

    private static func plain(_ value: JSONValue, _ asBytes: Bool) -> String {
        switch value {
        case .string(let string): string
        case .bool(let flag): flag ? "yes" : "no"
        case .integer(let integer): asBytes ? Format.bytes(integer) : Format.grouped(integer)
        case .number(let number): Scale.label(number)
        case .array(let elements):
            elements.map { plain($0, asBytes) }.joined(separator: elements.contains { $0.string != nil } ? " " : ", ")
        case .null: "–"
        case .object: value.text()
        }
    }
}
