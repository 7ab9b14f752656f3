import CondenseNet
import Foundations
import ModelFormat

/// One model at one thread count: what `--json` holds, and what the tables and the page are made of.
package struct BenchRecord {
    /// One step of the plan.
    package struct Layer {
        package let name: String
        /// The kernel and the size of the planes that it writes: steps of a kind cost alike.
        package let kind: String
        /// The kernel, and the planes that are read and written, `C×H×W`; empty where a file does not say.
        package let kernel: String
        package let input: String
        package let output: String
        package let macs: Int
        /// Activations and weights, each moved once.
        package let bytes: Int
        /// The median over profiled runs; `nil` without `--layers`.
        package let milliseconds: Double?
    }

    /// The roofs of the machine at this thread count.
    package struct Peaks {
        package let gflops: Double
        package let cacheGigabytes: Double
        package let memoryGigabytes: Double
    }

    /// What the model is called.
    package let model: String
    /// The image whose bytes each run begins with; `nil` where it begins with the input tensor.
    package let endToEnd: String?
    package let path: String
    /// The CRC-32 of the model file.
    package let checksum: String
    package let hasRandomWeights: Bool
    package let threads: Int
    /// The instruction set of the kernels, by its name in `CONDENSENET_KERNELS`.
    package let kernelSet: String
    /// What the network is computed in.
    package let precision: String
    package let latency: LatencyStatistics
    /// Every run in milliseconds, in the order they were made.
    package let samples: [Double]
    /// When each run began, in seconds from the start of the measurement.
    package let starts: [Double]
    package let isMLPerf: Bool
    package let macs: Int
    package let layers: [Layer]
    /// What all profiled steps take together.
    package let profiledMilliseconds: Double
    package let profiledRuns: Int?
    package let profilingOverhead: Double?
    package let peaks: Peaks?
    /// Memory and time figures, by their names in the JSON.
    package let memory: JSONValue
    package let preparation: JSONValue
    package let circumstances: JSONValue

    /// 10⁹ operations a second at the median latency, a multiply-accumulate counted as two.
    package var gflops: Double { Self.gflops(macs, milliseconds: latency.p50) }

    /// 10⁹ operations a second, a multiply-accumulate counted as two; 0 for what takes no time.
    package static func gflops(_ macs: Int, milliseconds: Double) -> Double {
        milliseconds > 0 ? 2 * Double(macs) / (milliseconds * 1e6) : 0
    }

    /// `gflops` as a fraction of the measured multiply-add peak.
    package var peakShare: Double? { peaks.map { gflops / $0.gflops } }

    /// The model and how it was run, in a few words.
    package var title: String { "\(model), \(threads) thread\(threads == 1 ? "" : "s")" }
}

extension BenchRecord {
    /// What was measured of `subject`.
    ///
    /// - Precondition: the subject has run.
    package init(
        _ subject: BenchSubject, circumstances: Circumstances, peaks: MachinePeaks?, peakMemory: Int, isMLPerf: Bool
    ) {
        let plan = subject.plan
        let profile = subject.profile
        model = subject.name
        endToEnd = subject.photo?.path
        path = subject.path
        checksum = subject.checksum
        hasRandomWeights = plan.model.weights != .trained
        threads = subject.threads
        kernelSet = plan.instructionSet.rawValue
        precision = plan.precision.rawValue
        samples = subject.samples.map { Double($0.duration) / 1e6 }
        starts = subject.samples.map { Double($0.start) / 1e9 }
        latency = LatencyStatistics(milliseconds: samples)
        self.isMLPerf = isMLPerf
        macs = plan.model.multiplyAccumulates
        layers = plan.steps.enumerated().map { position, step in
            let output = step.shapes.last!.output
            return Layer(
                name: step.name, kind: "\(step.kernel) \(output.height)×\(output.width)",
                kernel: step.kernel, input: step.shapes.first!.input.description, output: output.description,
                macs: step.multiplyAccumulates, bytes: step.activationBytes + step.packedBytes,
                milliseconds: profile.map { Double($0.stepNanoseconds[position]) / 1e6 })
        }
        profiledMilliseconds = Self.total(layers)
        profiledRuns = profile?.runs
        profilingOverhead = profile?.overhead
        // The peaks are those of floats.
        self.peaks = (plan.precision == .int8 ? nil : peaks).map {
            Peaks(
                gflops: $0.gflops, cacheGigabytes: $0.cacheGigabytes, memoryGigabytes: $0.memoryGigabytes)
        }
        memory = [
            "arena": .integer(plan.arenaBytes), "packed_weights": .integer(plan.packedBytes),
            "scratch": .integer(plan.scratchBytes * subject.threads),
            "model_file": .integer(plan.model.fileBytes), "process_peak": .integer(peakMemory),
        ]
        var preparation: [JSONValue.Member] = [
            .init("load_ms", .number(Double(subject.loadNanoseconds) / 1e6)),
            .init("plan_ms", .number(Double(subject.planNanoseconds) / 1e6)),
            .init("warmup_runs", .integer(subject.warmUp.runs)),
            .init("warmup_seconds", .number(Double(subject.warmUp.nanoseconds) / 1e9)),
        ]
        if let isStable = subject.warmUp.isStable { preparation.append(.init("warmup_stable", .bool(isStable))) }
        self.preparation = .object(preparation)
        self.circumstances = circumstances.json
    }
}
