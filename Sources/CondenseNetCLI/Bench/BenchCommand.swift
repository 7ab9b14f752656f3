import ArgumentParser
import CommandLineSupport
import CondenseNet
import Foundations
import Measuring
import ModelFormat
import Report

/// Latency of one image, measured as a user of the board would meet it.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures the latency of one image for each model and thread count, in one interleaved run.",
        discussion: """
            By default each model is warmed up until its latency is stable and then run at least 20 times and 5 seconds. \
            With --runs alone it is run exactly so many times; with --seconds alone at least so long; with both, until \
            both are reached. --warmup 0 --seconds 0 --runs N leaves no decision to the clock, so that instructions can be \
            counted: the machine's peaks, its clock and its temperature are then not measured.

            --paper-table measures the networks that the CondenseNet paper compares on an Arm processor, and prints its \
            numbers beside the machine's. It takes the folder of the architecture files, by default the installed ones \
            or models.
            """)

    @Argument(
        help: "Model or architecture files; with --paper-table at most the folder of architecture files.",
        completion: .file())
    var models: [String] = []

    @Flag(help: "Repeat the paper's comparison of networks on this machine.")
    var paperTable = false

    @Option(
        help: "Thread counts from 1 to \(Session.maximumThreads), separated by commas. (default: 1)",
        transform: ThreadList.init(argument:))
    var threads = ThreadList(counts: [1])

    @Option(help: "Runs of each model and thread count.")
    var runs: Int?

    @Option(help: "Seconds of running for each model and thread count.")
    var seconds: Double?

    @Option(help: "Seconds of warm-up for each; by default until the latency is stable.")
    var warmup: Double?

    @Option(help: "Keep all threads on these processors: numbers and ranges, such as 0,2-3.")
    var cpus: ProcessorList?

    @Flag(help: "Also measure each step of the plan, in separate profiled runs.")
    var layers = false

    @Flag(help: "MLPerf single-stream conditions: at least 1024 queries and 60 seconds; the 90th percentile.")
    var mlperf = false

    @Option(
        help: "Write the results as JSON; - for standard output, as for all outputs of text.",
        completion: .file(extensions: ["json"]))
    var json: String?

    @Option(help: "Write every run's latency as CSV.", completion: .file(extensions: ["csv"]))
    var csv: String?

    @Option(help: "Write a self-contained HTML page.", completion: .file(extensions: ["html"]))
    var report: String?

    func validate() throws {
        if paperTable, models.count > 1 {
            throw ValidationError("--paper-table: expected at most one folder, found \(models.count) paths")
        }
        if !paperTable, models.isEmpty { throw ValidationError("Missing expected argument '<models> ...'") }
        if let runs, runs < 1 { throw ValidationError("--runs: expected at least 1, found \(runs)") }
        for (name, value) in [("--seconds", seconds), ("--warmup", warmup)] {
            if let value, !(0...86_400).contains(value) {
                throw ValidationError("\(name): expected 0 to 86400 seconds, found \(value)")
            }
        }
        if mlperf, runs != nil || seconds != nil {
            throw ValidationError("--mlperf: expected neither --runs nor --seconds, for it sets both")
        }
        if seconds == 0, runs == nil { throw ValidationError("--seconds 0: expected --runs as well") }
    }

    /// - Throws: `CommandFailure` when one output would replace another, or one of `inputs`.
    private func checkOutputs(inputs: [String]) throws {
        var outputs = OutputFiles(inputs: inputs.map { ("a model", $0) })
        try outputs.add("--json", json, .text)
        try outputs.add("--csv", csv, .text)
        try outputs.add("--report", report, .text)
    }

    private var stop: BenchSchedule.Stop {
        if mlperf { return .init(runs: 1024, seconds: 60) }
        switch (runs, seconds) {
        case (nil, nil): return .init(runs: 20, seconds: 5)
        case (let runs, let seconds): return .init(runs: runs ?? 1, seconds: seconds ?? 0)
        }
    }

    /// Whether the clock may decide or measure anything beyond each run's latency.
    private var usesClock: Bool { warmup != 0 || seconds != 0 }

    func run() throws {
        if let cpus {
            do {
                try Processor.pin(to: cpus.numbers)
            } catch RuntimeError.affinity(let refused, _) {
                let allowed = ProcessorList(numbers: Processor.allowed)
                throw CommandFailure(
                    .usage,
                    "--cpus: expected processors that this process may use, \(allowed), "
                        + "found \(ProcessorList(numbers: refused))")
            }
        }
        let files = paperTable ? try PaperTable.architectureFiles(in: models.first) : models
        try checkOutputs(inputs: files)
        let subjects = try files.flatMap { path in
            try reporting(path) {
                try BenchSubject.load(path, threads: threads.counts) { noteRandomWeights($0, path: path) }
            }
        }
        // Until here Control-C ends the process at once.
        Interruption.handle()
        let before = usesClock ? MachineState.now() : nil
        let schedule = BenchSchedule(
            stop: stop, warmup: usesClock ? warmup.map { .seconds($0) } ?? .untilStable : .none,
            isInterrupted: { Interruption.isRequested })
        var progress = ProgressBar("bench", total: 1000)
        schedule.run(subjects) { progress.update(Int(1000 * $0)) }
        progress.clear()
        if layers, !Interruption.isRequested {
            schedule.profile(
                try subjects.map { subject in try reporting(subject.path) { try subject.profiled() } }, runs: runs)
        }
        let after = usesClock && !Interruption.isRequested ? MachineState.now() : nil
        let peakMemory = ProcessMemory.peakBytes
        let peaks = usesClock ? try reporting("bench") { try MachinePeaks.measure(threadCounts: threads.counts) } : [:]
        // What comes later interrupts no measurement.
        let isInterrupted = Interruption.isRequested
        let circumstances = Circumstances(
            processors: Processor.allowed, threads: threads.counts.max()!, before: before, after: after)
        let records = subjects.filter { !$0.samples.isEmpty }.map {
            BenchRecord(
                $0, circumstances: circumstances, peaks: peaks[$0.threads], peakMemory: peakMemory,
                isMLPerf: mlperf && !isInterrupted)
        }
        try printResults(records)
        for warning in circumstances.warnings { StandardError.write(line: "warning: \(warning)") }
        // Files that exist may be complete.
        guard !isInterrupted else {
            throw CommandFailure(.interrupted, "interrupted: the results are partial, and no file is written")
        }
        try writeFiles(records, subjects)
    }

    private var outputs: [String] { [json, csv, report].compactMap { $0 } }

    private func text(_ records: [BenchRecord]) -> String {
        JSONValue.array(records.map(\.json)).text(expandedLevels: 2) + "\n"
    }

    private func printResults(_ records: [BenchRecord]) throws {
        // Standard output is one text: an output that goes there takes the table's place.
        guard !outputs.contains(where: { OutputPath.isStandardOutput($0) }) else { return }
        try StandardOutput.write(
            BenchTable(records, percentile: mlperf ? 90 : 50).text(width: Terminal.outputWidth))
        if paperTable { try StandardOutput.write("\n" + PaperTable(records).text) }
        if layers { try StandardOutput.write(records.map { "\n" + LayerTable($0).text }.joined()) }
    }

    private func writeFiles(_ records: [BenchRecord], _ subjects: [BenchSubject]) throws {
        if let json { try OutputPath.write(text(records), to: json) }
        if let csv { try OutputPath.write(BenchCSV.text(subjects), to: csv) }
        if let report { try OutputPath.write(HTMLReport(records).text, to: report) }
    }
}

extension MachinePeaks {
    /// The peaks for each thread count, until the user interrupts.
    fileprivate static func measure(threadCounts: [Int]) throws -> [Int: MachinePeaks] {
        var peaks: [Int: MachinePeaks] = [:]
        for threads in threadCounts where !Interruption.isRequested { peaks[threads] = try measure(threads: threads) }
        return peaks
    }
}
