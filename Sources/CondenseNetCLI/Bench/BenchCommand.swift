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
        help: ArgumentHelp(
            "Thread counts from 1 to \(Session.maximumThreads), separated by commas. (default: 1)", valueName: "1,2,…"),
        transform: ThreadList.init(argument:))
    var threads = ThreadList(counts: [1])

    @Option(
        help: ArgumentHelp(
            """
            What architecture files are to be computed in: f32, f16 where the processor can, or int8, with seeded scales. A \
            model file says it.
            """,
            valueName: "f32|f16|int8"))
    var precision: Precision?

    @Option(help: ArgumentHelp("Runs of each model and thread count.", valueName: "n"))
    var runs: Int?

    @Option(help: ArgumentHelp("Seconds of running for each model and thread count.", valueName: "s"))
    var seconds: Double?

    @Option(
        help: ArgumentHelp("Seconds of warm-up for each; by default until the latency is stable.", valueName: "s"))
    var warmup: Double?

    @OptionGroup var processors: ProcessorOptions

    @Flag(help: "Also measure each step of the plan, in separate profiled runs.")
    var layers = false

    @Flag(help: "MLPerf single-stream conditions: at least 1024 queries and 60 seconds; the 90th percentile.")
    var mlperf = false

    @Option(
        help: ArgumentHelp(
            "Write the results as JSON; - for standard output, as for all outputs here.", valueName: "file.json"),
        completion: .file(extensions: ["json"]))
    var json: String?

    @Option(
        help: ArgumentHelp("Write every run's latency as CSV.", valueName: "file.csv"),
        completion: .file(extensions: ["csv"]))
    var csv: String?

    @Option(
        help: ArgumentHelp("Write a self-contained HTML page.", valueName: "file.html"),
        completion: .file(extensions: ["html"]))
    var report: String?

    @Option(
        help: ArgumentHelp("Write the table of results as Markdown.", valueName: "file.md"),
        completion: .file(extensions: ["md"]))
    var markdown: String?

    @Option(
        help: ArgumentHelp(
            "What a model is called in the outputs; once for each model, in their order.", valueName: "title"))
    var name: [String] = []

    @Option(
        help: ArgumentHelp(
            "Measure from this image's bytes to the labels: decoding, resizing and normalising included.",
            valueName: "image"), completion: .file())
    var endToEnd: String?

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

    private var outputs: [String] { [json, csv, report, markdown].compactMap { $0 } }

    /// - Throws: `CommandFailure` when one output would replace another, or one of `inputs`.
    private func checkOutputs(inputs: [String]) throws {
        var outputs = OutputFiles(inputs: inputs.map { ("a model", $0) } + (endToEnd.map { [("the image", $0)] } ?? []))
        try outputs.add("--json", json, .text)
        try outputs.add("--csv", csv, .text)
        try outputs.add("--report", report, .text)
        try outputs.add("--markdown", markdown, .text)
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
        try processors.pin()
        let files = paperTable ? try PaperTable.architectureFiles(in: models.first) : models
        try checkOutputs(inputs: files)
        guard name.isEmpty || name.count == files.count else {
            throw CommandFailure(
                .usage, "--name: expected one for each of \(Format.counted(files.count, "model")), found \(name.count)")
        }
        let photo = try endToEnd.map { path in try reporting(path) { try BenchSubject.Photo(path: path) } }
        let subjects = try files.flatMap { path in
            try reporting(path) {
                try BenchSubject.load(path, precision: precision, threads: threads.counts, photo: photo) { model in
                    noteRandomWeights(model, path: path)
                    guard precision == nil || model.precision == precision else {
                        throw CommandFailure(
                            .usage,
                            "\(path): --precision is for architecture files; this model is of \(model.precision.rawValue)"
                        )
                    }
                }
            }
        }
        name(subjects, files)
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
        let peaks = usesClock ? MachinePeaks.measure(threadCounts: threads.counts) : [:]
        // What comes later interrupts no measurement.
        let isInterrupted = Interruption.isRequested
        let circumstances = Circumstances(
            processors: Processor.allowed, threads: threads.counts.max()!, before: before, after: after,
            command: CommandLine.arguments)
        let records = subjects.filter { !$0.samples.isEmpty }.map {
            BenchRecord(
                $0, circumstances: circumstances, peaks: peaks[$0.threads], peakMemory: peakMemory,
                isMLPerf: mlperf && !isInterrupted)
        }
        try printResults(records)
        for warning in circumstances.warnings { StandardError.write(line: "warning: \(warning)") }
        // Files that exist may be complete; standard output gets what there is.
        guard !isInterrupted else {
            try write(records, subjects) { OutputPath.isStandardOutput($0) }
            throw CommandFailure(.interrupted, "interrupted: the results are partial, and no file is written")
        }
        try write(records, subjects) { _ in true }
    }

    /// Names the subjects as the user does; else where models of several files have one name, by their files too.
    private func name(_ subjects: [BenchSubject], _ files: [String]) {
        let names = subjects.map(\.plan.model.description.name)
        let titles = FileTitles.titles(files)
        for (subject, own) in zip(subjects, names) {
            guard let position = files.firstIndex(of: subject.path) else { continue }
            if !name.isEmpty {
                subject.name = name[position]
            } else if zip(subjects, names).contains(where: { $1 == own && $0.path != subject.path }) {
                subject.name = "\(own) [\(titles[position])]"
            }
        }
    }

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

    /// Writes the outputs that the user asks for, where `isWanted` says so of their path.
    private func write(_ records: [BenchRecord], _ subjects: [BenchSubject], where isWanted: (String) -> Bool) throws {
        if let json, isWanted(json) { try OutputPath.write(text(records), to: json) }
        if let csv, isWanted(csv) { try OutputPath.write(BenchCSV.text(subjects), to: csv) }
        if let report, isWanted(report) { try OutputPath.write(HTMLReport(records).text, to: report) }
        if let markdown, isWanted(markdown) {
            try OutputPath.write(BenchTable(records, percentile: mlperf ? 90 : 50).markdown, to: markdown)
        }
    }
}

extension MachinePeaks {
    /// The peaks for each thread count, until the user interrupts; none where there is no memory for it, which is said.
    fileprivate static func measure(threadCounts: [Int]) -> [Int: MachinePeaks] {
        var peaks: [Int: MachinePeaks] = [:]
        for threads in threadCounts where !Interruption.isRequested {
            do {
                // A control group ends a process that takes more than it may.
                if let available = ProcessorQuota.availableMemory, available < neededBytes(threads) {
                    throw MemoryError(bytes: neededBytes(threads))
                }
                peaks[threads] = try measure(threads: threads)
            } catch {
                StandardError.warn(
                    "the machine's peak on \(Format.counted(threads, "thread")) is not measured: \(error)")
            }
        }
        return peaks
    }

    /// Bytes of the blocks that are read, and some more.
    private static func neededBytes(_ threads: Int) -> Int { max(64 << 20, threads * 256 << 10) + (16 << 20) }
}
