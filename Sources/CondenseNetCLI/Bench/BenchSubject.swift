import CondenseNet
import ModelFormat

/// One model at one thread count, and what was measured of it.
final class BenchSubject {
    /// One run: when it began, from the start of the measurement, and how long it took, in nanoseconds.
    struct Sample {
        let order: Int
        let start: UInt64
        let duration: UInt64
    }

    /// How the warm-up went.
    struct WarmUp {
        var runs = 0
        var nanoseconds: UInt64 = 0
        /// Whether the latency had settled; `nil` when nobody asked.
        var isStable: Bool?
    }

    let path: String
    let plan: ExecutionPlan
    let session: Session
    let checksum: String
    /// Nanoseconds to read and prove the file.
    let loadNanoseconds: UInt64
    /// Nanoseconds to choose kernels and pack weights; with random weights, to make them too.
    let planNanoseconds: UInt64

    var warmUp = WarmUp()
    var samples: [Sample] = []
    var profile: LayerProfile?
    private let input: StoredArray<Float>
    private var output: [Float]

    private init(
        path: String, plan: ExecutionPlan, threads: Int, checksum: String, loadNanoseconds: UInt64,
        planNanoseconds: UInt64
    ) throws {
        self.path = path
        self.plan = plan
        self.checksum = checksum
        self.loadNanoseconds = loadNanoseconds
        self.planNanoseconds = planNanoseconds
        session = try Session(plan: plan, threads: threads)
        // Seeded noise: of no denormal numbers, and of no use to a branch predictor.
        input = try SampleAnswers.input(plan.model.description.inputShape, seed: 1)
        output = [Float](repeating: 0, count: plan.model.description.classes)
        samples.reserveCapacity(4096)
    }

    var threads: Int { session.threads }

    /// Loads the file at `path` once and gives a session for each thread count.
    static func load(_ path: String, threads counts: [Int]) throws -> [BenchSubject] {
        let start = monotonicNanoseconds()
        let model = try loadModel(path)
        let loaded = monotonicNanoseconds()
        let plan = try reporting(path) { try ExecutionPlan(model) }
        let planned = monotonicNanoseconds()
        return try counts.map { threads in
            try reporting(path) {
                try BenchSubject(
                    path: path, plan: plan, threads: threads, checksum: model.fileChecksum ?? "unknown",
                    loadNanoseconds: loaded - start, planNanoseconds: planned - loaded)
            }
        }
    }

    /// The same subject with a session that profiles.
    func profiled() throws -> ProfiledSubject {
        let session = try reporting(path) { try Session(plan: plan, threads: threads, profile: true) }
        return ProfiledSubject(subject: self, session: session, input: input)
    }

    /// Runs once; returns when it began and how long it took.
    func runOnce() -> (start: UInt64, duration: UInt64) {
        output.withUnsafeMutableBufferPointer { output in
            let start = monotonicNanoseconds()
            session.run(input.elements, into: output)
            return (start, monotonicNanoseconds() - start)
        }
    }
}
