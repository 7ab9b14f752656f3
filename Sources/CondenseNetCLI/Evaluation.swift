import CommandLineSupport
import CondenseNet
import Datasets
import Foundations
import Glibc
import ImageInput
import ModelFormat
import Synchronization

/// One pass over a data set: workers decode, prepare and classify whole images side by side, each with a session of one
/// thread over the shared plan. Which worker takes an image changes no answer.
final class Evaluation: @unchecked Sendable {
    /// What became of one image.
    struct Outcome {
        enum State { case pending, answered, failed }

        var state = State.pending
        /// The likeliest class.
        var predicted: Int32 = 0
        /// The likeliest class's.
        var probability: Float = 0
        /// The likeliest classes, the likeliest first; -1 for none.
        var topFive = SIMD8<Int32>(repeating: -1)

        func isInTopFive(_ label: Int) -> Bool { any(topFive .== Int32(label)) }
    }

    /// An image that could not be classified.
    struct Failure {
        /// The position among the images to be evaluated.
        let position: Int
        let cause: CommandFailure
    }

    let dataset: any Dataset
    /// How many images are to be evaluated.
    let total: Int
    /// Threads that share the work.
    private(set) var workers: Int
    /// How long `run` took.
    private(set) var seconds = 0.0
    /// In the order of the images, once `run` has returned.
    private(set) var failures: [Failure] = []

    // Each outcome is written by one worker, and read when all have ended.
    private let outcomes: UnsafeMutableBufferPointer<Outcome>
    private let memory: Storage
    private let classifiers: [Classifier]
    private let next = Atomic(0)
    private let answered = Atomic(0)
    private let right = Atomic(0)
    private let failed = Mutex<[Failure]>([])
    private let limits: ImageLimits

    /// - Parameter limit: how many images to evaluate, at least 1: the first ones, or, of a data set that is ordered by
    ///   class, evenly spread ones. `nil` takes all.
    /// - Throws: `ModelFormatError`, `RuntimeError` or `ImageError` when a worker cannot be had.
    init(
        _ plan: ExecutionPlan, dataset: any Dataset, limit: Int?, workers count: Int, limits: ImageLimits
    ) throws {
        self.dataset = dataset
        self.limits = limits
        total = min(limit ?? dataset.count, dataset.count)
        classifiers = try (0..<max(1, min(count, total))).map { _ in try Classifier(try Session(plan: plan)) }
        workers = classifiers.count
        memory = try Storage(byteCount: total * MemoryLayout<Outcome>.stride)
        outcomes = memory.bytes.bindMemory(to: Outcome.self)
        outcomes.initialize(repeating: Outcome())
    }

    /// The data set's index of the image at `position`.
    func index(_ position: Int) -> Int {
        dataset.isOrderedByClass ? position * dataset.count / total : position
    }

    /// What became of the image at `position`, once `run` has returned.
    func outcome(_ position: Int) -> Outcome { outcomes[position] }

    /// Evaluates all images, or those before the user interrupts. The caller is one of the workers, and names broken images
    /// on standard error as they turn up.
    ///
    func run() {
        let start = monotonicNanoseconds()
        var progress = ProgressBar("evaluate", total: total)
        var named = 0
        func nameFailures() {
            let fresh = failed.withLock { Array($0.dropFirst(named)) }
            if !fresh.isEmpty { progress.clear() }
            for failure in fresh { failure.cause.warn() }
            named += fresh.count
        }
        var threads = ThreadTeam(1..<max(workers, 1)) { [self] in work($0) {} }
        if threads.count + 1 < workers {
            StandardError.warn(
                "the system starts only \(threads.count + 1) of \(workers) threads: they do the work of all")
            workers = threads.count + 1
        }
        work(0) {
            nameFailures()
            let answered = answered.load(ordering: .relaxed)
            let accuracy = answered > 0 ? Double(right.load(ordering: .relaxed)) / Double(answered) : 0
            progress.update(answered + named, note: "top-1 \(Format.fixed(100 * accuracy, 2)) %")
        }
        threads.join()
        nameFailures()
        progress.clear()
        failures = failed.withLock { $0 }.sorted { $0.position < $1.position }
        seconds = Double(monotonicNanoseconds() - start) / 1e9
    }

    private func work(_ worker: Int, afterEach: () -> Void) {
        while !Interruption.isRequested {
            let position = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard position < total else { return }
            classify(position, classifiers[worker])
            afterEach()
        }
    }

    private func classify(_ position: Int, _ classifier: Classifier) {
        let index = index(position)
        do {
            let predictions = try classifier.classify(try dataset.image(index, limits), top: 5)
            let label = dataset.label(index)
            var outcome = Outcome(
                state: .answered, predicted: Int32(predictions[0].index), probability: predictions[0].probability)
            for (place, prediction) in predictions.enumerated() { outcome.topFive[place] = Int32(prediction.index) }
            outcomes[position] = outcome
            answered.wrappingAdd(1, ordering: .relaxed)
            if predictions[0].index == label { right.wrappingAdd(1, ordering: .relaxed) }
        } catch RuntimeError.cancelled {
            // Neither answered nor failed, as the images after it.
        } catch {
            outcomes[position].state = .failed
            let failure = Failure(position: position, cause: CommandFailure(error, path: dataset.name(index)))
            failed.withLock { $0.append(failure) }
        }
    }
}
