import Foundation
import TestSupport
import Testing

/// `condensenet bench`, as its users run it.
struct BenchCommandTests {
    /// No decision is left to the clock.
    private static let counted = ["--warmup", "0", "--seconds", "0"]

    private typealias Row = (model: String, threads: Int, run: Int, order: Int, start: Int, latency: Int)

    private func rows(_ csv: String) throws -> [Row] {
        let lines = csv.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        #expect(lines[0] == ["model", "threads", "run", "order", "start_ns", "latency_ns", "path"])
        return try lines.dropFirst().map { fields in
            let numbers = fields.dropFirst().dropLast().compactMap { Int($0) }
            try #require(fields.count == 7 && numbers.count == 5, "\(fields)")
            return (fields[0], numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
        }
    }

    /// What was said on standard error, but for what most machines are warned of.
    private func warnings(_ result: Program.Result) -> [String] {
        result.diagnostics.split(separator: "\n").map(String.init).filter {
            !$0.hasPrefix("warning: the frequency governor is ")
        }
    }

    /// The record of a run with further arguments.
    private func record(_ arguments: [String]) throws -> [String: Any] {
        let program = try BenchProgram()
        let result = try program.run(["bench", BenchProgram.model, "--json", program.path("j")] + arguments)
        #expect(result.code == 0, "\(result.diagnostics)")
        return try #require(try program.objects("j").first)
    }

    @Test(arguments: [1, 7, 20])
    func runsExactlyAsOftenAsAsked(_ runs: Int) throws {
        let program = try BenchProgram()
        let result = try program.run(
            ["bench", BenchProgram.model, "--runs", "\(runs)", "--csv", program.path("c"), "--json", program.path("j")]
                + Self.counted)
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(warnings(result) == [])
        let rows = try rows(try program.text("c"))
        #expect(rows.map(\.run) == Array(0..<runs))
        #expect(rows.map(\.order) == Array(0..<runs))
        let record = try #require(try program.objects("j").first)
        #expect(record["runs"] as? Int == runs)
        #expect((record["samples_ms"] as? [Double])?.count == runs)
        let preparation = try #require(record["preparation"] as? [String: Any])
        #expect(preparation["warmup_runs"] as? Int == 0)
        #expect(preparation["warmup_stable"] == nil)
        // What would need the clock is absent.
        #expect(record["peak_gflops"] == nil)
        let circumstances = try #require(record["circumstances"] as? [String: Any])
        #expect(circumstances["measured_ghz_before"] == nil && circumstances["celsius_before"] == nil)
    }

    /// By default the warm-up takes three windows of five runs at least.
    @Test func warmsUpUntilStable() throws {
        let record = try record(["--runs", "1", "--seconds", "0"])
        let preparation = try #require(record["preparation"] as? [String: Any])
        #expect(preparation["warmup_runs"] as? Int ?? 0 >= 15)
        #expect(preparation["warmup_seconds"] as? Double ?? 0 >= 0.15)
        #expect(preparation["warmup_stable"] is Bool)
        #expect(record["runs"] as? Int == 1)
    }

    @Test func runsWithoutSecondsAreExactToo() throws {
        let record = try record(["--runs", "6", "--warmup", "0"])
        #expect(record["runs"] as? Int == 6)
        let peak = try #require(record["peak_gflops"] as? Double)
        let share = try #require(record["peak_share"] as? Double)
        let gflops = try #require(record["gflops"] as? Double)
        #expect(peak > 0 && abs(share * peak - gflops) <= 1e-9 * gflops)
        let circumstances = try #require(record["circumstances"] as? [String: Any])
        #expect(try #require(circumstances["measured_ghz_before"] as? Double) > 0)
    }

    @Test func secondsAreAtLeastReached() throws {
        let record = try record(["--seconds", "0.2", "--warmup", "0.05"])
        let samples = try #require(record["samples_ms"] as? [Double])
        #expect(samples.reduce(0, +) >= 200)
        let preparation = try #require(record["preparation"] as? [String: Any])
        #expect(try #require(preparation["warmup_seconds"] as? Double) >= 0.05)
    }

    @Test func statisticsFollowFromTheSamples() throws {
        let program = try BenchProgram()
        let result = try program.run(
            ["bench", BenchProgram.model, "--runs", "41", "--csv", program.path("c"), "--json", program.path("j")]
                + Self.counted)
        #expect(result.code == 0, "\(result.diagnostics)")
        let samples = try rows(try program.text("c")).map { Double($0.latency) / 1e6 }
        let record = try #require(try program.objects("j").first)
        #expect(record["samples_ms"] as? [Double] == samples)
        let latency = try #require(record["latency_ms"] as? [String: Any])
        func check(_ name: String, _ expected: Double) throws {
            let found = try #require((latency[name] as? NSNumber)?.doubleValue, "\(name)")
            #expect(abs(found - expected) <= 1e-9 * max(expected, 1), "\(name): \(found), expected \(expected)")
        }
        // Nearest rank, of 41: ⌈20.5⌉, ⌈36.9⌉, ⌈40.59⌉; the quartiles are ⌈10.25⌉ and ⌈30.75⌉.
        let sorted = samples.sorted()
        let mean = samples.reduce(0, +) / 41
        try check("min", sorted[0])
        try check("max", sorted[40])
        try check("p50", sorted[20])
        try check("p90", sorted[36])
        try check("p99", sorted[40])
        try check("mean", mean)
        try check("stddev", (samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 40).squareRoot())
        try check("iqr", sorted[30] - sorted[10])
        try check("outliers", Double(sorted.filter { $0 > sorted[30] + 3 * (sorted[30] - sorted[10]) }.count))
        let macs = try #require(record["macs"] as? Int)
        let gflops = try #require(record["gflops"] as? Double)
        #expect(abs(gflops - 2 * Double(macs) / (sorted[20] * 1e6)) <= 1e-9 * gflops)
    }

    @Test func modelsAndThreadCountsTakeTurns() throws {
        let program = try BenchProgram()
        let result = try program.run(
            [
                "bench", BenchProgram.model, BenchProgram.architecture, "--threads", "1,2", "--runs", "12", "--csv",
                program.path("c"), "--json", program.path("j"),
            ] + Self.counted)
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(result.diagnostics.contains("weights are random"))
        let records = try program.objects("j")
        #expect(records.map { $0["threads"] as? Int } == [1, 2, 1, 2])
        #expect(records.map { $0["random_weights"] as? Bool } == [false, false, true, true])
        #expect(records.map { $0["macs"] as? Int } == [18_335_456, 18_335_456, 27_183_376, 27_183_376])
        #expect(records.allSatisfy { $0["runs"] as? Int == 12 })
        let rows = try rows(try program.text("c"))
        #expect(rows.count == 48)
        #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.start + $0.latency <= $1.start })
        // Turns of five, in an order that reverses; the last two runs of each make the third round.
        func turns(_ counts: [Int], _ length: Int) -> [String] {
            counts.flatMap { position in
                let record = records[position]
                return Array(repeating: "\(record["model"]!) \(record["threads"]!)", count: length)
            }
        }
        let expected = turns([0, 1, 2, 3], 5) + turns([3, 2, 1, 0], 5) + turns([0, 1, 2, 3], 2)
        #expect(rows.map { "\($0.model) \($0.threads)" } == expected)
        // The table's ratio is to the first row.
        let lines = result.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        let medians = try records.map {
            try #require(($0["latency_ms"] as? [String: Any])?["p50"] as? Double)
        }
        for (index, median) in medians.enumerated() {
            let ratio = String(format: "%.3f", median / medians[0])
            #expect(lines[2 + index].contains(ratio), "\(ratio): \(lines[2 + index])")
        }
    }

    @Test func jsonHasTheDocumentedMembers() throws {
        let program = try BenchProgram()
        let result = try program.run(["bench", BenchProgram.model, "--runs", "3", "--json", "-"] + Self.counted)
        #expect(result.code == 0, "\(result.diagnostics)")
        let record = try #require(try BenchProgram.objects(result.output).first)
        for name in [
            "schema_version", "model", "path", "crc32", "random_weights", "threads", "runs", "latency_ms", "macs",
            "gflops",
            "memory_bytes", "preparation", "layers", "circumstances", "start_seconds", "samples_ms",
        ] {
            #expect(record[name] != nil, "\(name)")
        }
        #expect(record["schema_version"] as? Int == 1)
        let layers = try #require(record["layers"] as? [[String: Any]])
        #expect(layers.reduce(0) { $0 + ($1["macs"] as? Int ?? 0) } == 18_335_456)
        #expect(layers.allSatisfy { $0["milliseconds"] == nil })
        let circumstances = try #require(record["circumstances"] as? [String: Any])
        for name in ["version", "kernel_set", "features", "memory_bytes", "operating_system", "warnings"] {
            #expect(circumstances[name] != nil, "\(name)")
        }
    }

    @Test func moreThreadsThanProcessorsAreAReasonToDoubt() throws {
        let script = "taskset -c $(taskset -cp $$ | sed 's/.*: //; s/[,-].*//') \"$@\""
        for (threads, warning) in [
            ("1", []), ("1,2", ["warning: 2 threads share a processor: they wait for each other"]),
        ] {
            let arguments = ["bench", BenchProgram.model, "--runs", "1", "--threads", threads] + Self.counted
            let result = try Program.run("condensenet", arguments, shell: script)
            #expect(result.code == 0 && warnings(result) == warning, "\(result.diagnostics)")
        }
    }

    @Test func layersShareTheWholeTime() throws {
        let program = try BenchProgram()
        let result = try program.run(
            ["bench", BenchProgram.model, "--runs", "9", "--layers", "--json", program.path("j")] + Self.counted)
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(result.output.contains("medians of 9 profiled runs"))
        let record = try #require(try program.objects("j").first)
        #expect(record["runs"] as? Int == 9)
        #expect(record["profiled_runs"] as? Int == 9)
        #expect(record["profiling_overhead"] as? Double != nil)
        let layers = try #require(record["layers"] as? [[String: Any]])
        let shares = try layers.map { try #require($0["share"] as? Double) }
        #expect(abs(shares.reduce(0, +) - 1) < 1e-9)
        let milliseconds = try layers.map { try #require(($0["milliseconds"] as? NSNumber)?.doubleValue) }
        let total = milliseconds.reduce(0, +)
        for (share, time) in zip(shares, milliseconds) { #expect(abs(share * total - time) <= 1e-9 * total) }
    }

    @Test func pinsToAProcessor() throws {
        let program = try BenchProgram()
        let all = try program.run(["bench", BenchProgram.model, "--runs", "1", "--json", "-"] + Self.counted)
        let allowed = try #require(
            (try BenchProgram.objects(all.output).first?["circumstances"] as? [String: Any])?["allowed_processors"]
                as? [Int])
        let last = try #require(allowed.last)
        let pinned = try program.run(
            ["bench", BenchProgram.model, "--runs", "1", "--json", "-", "--cpus", "\(last)"] + Self.counted)
        #expect(pinned.code == 0, "\(pinned.diagnostics)")
        let circumstances = try BenchProgram.objects(pinned.output).first?["circumstances"] as? [String: Any]
        #expect(circumstances?["allowed_processors"] as? [Int] == [last])
    }
}
