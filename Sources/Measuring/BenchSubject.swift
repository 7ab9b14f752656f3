import CondenseNet
import Foundations
import ImageInput
import ModelFormat

/// One model at one thread count, and what was measured of it.
package final class BenchSubject {
    /// An image file, from whose bytes a run begins.
    package struct Photo: Sendable {
        package let path: String
        let bytes: [UInt8]

        /// Reads the file.
        ///
        /// - Throws: `ImageError` when it cannot be read or decoded.
        package init(path: String) throws {
            self.path = path
            bytes = try FileInput.read(path, limit: ImageLimits.default.fileBytes).withUnsafeBytes { Array($0) }
            _ = try RGBImage.decode(bytes: bytes, name: path)
        }
    }

    /// One run: when it began, from the start of the measurement, and how long it took, in nanoseconds.
    package struct Sample {
        package let order: Int
        package let start: UInt64
        package let duration: UInt64
    }

    /// How the warm-up went.
    package struct WarmUp {
        package var runs = 0
        package var nanoseconds: UInt64 = 0
        /// Whether the latency had settled; `nil` when nobody asked.
        package var isStable: Bool?
    }

    package let path: String
    /// What it is called in reports.
    package var name: String
    /// The image that each run begins with, if it does not begin with the input tensor.
    package let photo: Photo?
    package let plan: ExecutionPlan
    package let session: Session
    package let checksum: String
    /// Nanoseconds to read and prove the file.
    package let loadNanoseconds: UInt64
    /// Nanoseconds to choose kernels and pack weights; with random weights, to make them too.
    package let planNanoseconds: UInt64

    package var warmUp = WarmUp()
    package var samples: [Sample] = []
    package var profile: LayerProfile?
    private let input: StoredArray<Float>
    private var output: [Float]
    /// Takes the photo to its labels.
    private let classifier: Classifier?

    private init(
        path: String, photo: Photo?, plan: ExecutionPlan, threads: Int, checksum: String, loadNanoseconds: UInt64,
        planNanoseconds: UInt64
    ) throws {
        self.path = path
        name = plan.model.description.name
        self.photo = photo
        self.plan = plan
        self.checksum = checksum
        self.loadNanoseconds = loadNanoseconds
        self.planNanoseconds = planNanoseconds
        let session = try Session(plan: plan, threads: threads)
        self.session = session
        classifier = try photo.map { photo in
            let classifier = try Classifier(session)
            // What cannot be classified at all is told before anything is measured.
            _ = try classifier.classify(try RGBImage.decode(bytes: photo.bytes, name: photo.path))
            return classifier
        }
        // Seeded noise: of no denormal numbers, and of no use to a branch predictor.
        input = try SampleAnswers.input(plan.model.description.inputShape, seed: 1)
        output = [Float](repeating: 0, count: plan.model.description.classes)
        samples.reserveCapacity(4096)
    }

    package var threads: Int { session.threads }

    /// Loads the file at `path` once and gives a session for each thread count.
    ///
    /// - Parameters:
    ///   - precision: what an architecture file's network is to be computed in.
    ///   - loaded: told of the model before it is planned.
    /// - Throws: `ModelFormatError` or `RuntimeError`.
    package static func load(
        _ path: String, precision: Precision? = nil, threads counts: [Int], photo: Photo?,
        loaded: (Model) throws -> Void
    ) throws -> [BenchSubject] {
        let start = monotonicNanoseconds()
        let model = try Model(path: path, precision: precision ?? .f32)
        let read = monotonicNanoseconds()
        try loaded(model)
        let planStart = monotonicNanoseconds()
        let plan = try ExecutionPlan(consuming: model)
        let planned = monotonicNanoseconds()
        return try counts.map { threads in
            try BenchSubject(
                path: path, photo: photo, plan: plan, threads: threads, checksum: model.fileChecksum ?? "unknown",
                loadNanoseconds: read - start, planNanoseconds: planned - planStart)
        }
    }

    /// The same subject with a session that profiles.
    ///
    /// - Throws: `RuntimeError` or `ModelFormatError` when the session cannot be had.
    package func profiled() throws -> ProfiledSubject {
        let session = try Session(plan: plan, threads: threads, profile: true)
        return ProfiledSubject(subject: self, session: session, input: input)
    }

    /// Runs once; returns when it began and how long it took.
    ///
    /// - Throws: `RuntimeError.cancelled`.
    package func runOnce() throws -> (start: UInt64, duration: UInt64) {
        if let classifier, let photo {
            let start = monotonicNanoseconds()
            // It could be classified before; memory that is refused now leaves a short run.
            _ = try? classifier.classify(try RGBImage.decode(bytes: photo.bytes, name: photo.path))
            return (start, monotonicNanoseconds() - start)
        }
        return try output.withUnsafeMutableBufferPointer { output in
            let start = monotonicNanoseconds()
            try session.run(input.elements, into: output)
            return (start, monotonicNanoseconds() - start)
        }
    }
}
