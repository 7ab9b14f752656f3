import CDenormals
import Engine
import Foundations
import ModelFormat

/// Runs a plan: owns the arena and the threads.
///
/// A plan may serve any number of sessions at once; one session serves one caller at a time. `run` allocates nothing and
/// gives the same bits for the same input whatever the number of threads. On x86-64 it takes numbers below the normal range of
/// single precision for zero; the caller's own floating-point mode is as it was when `run` returns.
public final class Session {
    /// The plan that is run.
    public let plan: ExecutionPlan
    /// Threads that share each step, the caller's included.
    public let threads: Int

    private let execution: Execution
    private let pool: ThreadPool
    private let input: Place
    private let output: Place
    private let classes: Int

    /// A session over `plan`, its arena allocated and its threads started.
    ///
    /// - Parameters:
    ///   - threads: how many share each step.
    ///   - profile: whether `stepNanoseconds` is filled.
    /// - Throws: `RuntimeError.threadCount` for `threads` that are not from 1 to `Session.maximumThreads`,
    ///   `MemoryError`, `.limit` for threads that need too much scratch memory, or `RuntimeError.threads`.
    public init(plan: ExecutionPlan, threads: Int = 1, profile: Bool = false) throws {
        guard (1...Self.maximumThreads).contains(threads) else {
            throw RuntimeError.threadCount(threads, limit: Self.maximumThreads)
        }
        self.plan = plan
        self.threads = threads
        input = plan.place(of: plan.model.description.graph.input)!
        output = plan.place(of: plan.model.description.graph.output)!
        classes = plan.model.description.classes
        let execution = try Execution(plan, threads: threads, profile: profile)
        self.execution = execution
        pool = try ThreadPool(count: threads) { execution.run($0) }
    }

    /// The most threads that a session takes.
    public static let maximumThreads = 64

    /// Computes the logits of one image.
    ///
    /// - Parameters:
    ///   - input: `[3, H, W]` planes, normalised.
    ///   - output: `[classes]`.
    /// - Throws: `RuntimeError.count` unless both have exactly the plan's sizes, `RuntimeError.notANumber` where a network of
    ///   bytes is given one, `RuntimeError.cancelled` when
    ///   `Cancellation.request` is called before the last step.
    public func run(_ input: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>) throws {
        let shape = self.input.shape
        guard input.count == shape.count else {
            throw RuntimeError.count(of: "input", expected: shape.count, found: input.count)
        }
        guard output.count == classes else {
            throw RuntimeError.count(of: "output", expected: classes, found: output.count)
        }
        for channel in 0..<shape.channels {
            try plan.load(
                input.baseAddress! + channel * shape.pixels, channel: channel,
                into: execution.plane(channel, of: self.input))
        }
        try execution.run(on: pool)
        let name = plan.model.description.graph.output
        for index in 0..<output.count {
            plan.store(
                execution.plane(index, of: self.output), count: 1, channel: index, of: name,
                into: output.baseAddress! + index)
        }
    }

    /// The logits of one image; see `run(_:into:)`.
    ///
    /// An array, a part of one and a `StoredArray` are read where they are.
    ///
    /// - Throws: as `run(_:into:)`.
    public func logits(_ input: some Collection<Float>) throws -> [Float] {
        try [Float](unsafeUninitializedCapacity: classes) { output, count in
            count = classes
            let logits = UnsafeMutableBufferPointer(rebasing: output[..<count])
            let isDone: Void? = try input.withContiguousStorageIfAvailable { try run($0, into: logits) }
            if isDone == nil { try Array(input).withUnsafeBufferPointer { try run($0, into: logits) } }
        }
    }

    /// Nanoseconds that each of `plan.steps` took in the last run; all 0 unless profiling. They live as long as the session.
    public var stepNanoseconds: UnsafeBufferPointer<UInt64> { UnsafeBufferPointer(execution.stepNanoseconds) }

    /// A copy of value `name`, `[C, H, W]`, as the last run left it.
    ///
    /// - Throws: `RuntimeError.noValue` unless the plan was made with `retainsValues` and its graph has such a value.
    public func value(_ name: String) throws -> [Float] {
        guard plan.options.retainsValues, let place = plan.place(of: name) else { throw RuntimeError.noValue(name) }
        let pixels = place.shape.pixels
        return [Float](unsafeUninitializedCapacity: place.shape.count) { floats, count in
            count = place.shape.count
            for channel in 0..<place.shape.channels {
                plan.store(
                    execution.plane(channel, of: place), count: pixels, channel: channel, of: name,
                    into: floats.baseAddress! + channel * pixels)
            }
        }
    }
}

/// The part of a session that its threads share.
private final class Execution: @unchecked Sendable {
    let stepNanoseconds: UnsafeMutableBufferPointer<UInt64>
    private let plan: ExecutionPlan
    private let arena: Storage
    private let scratch: Storage
    private let scratchBytes: Int
    /// The shares of each step where all threads work.
    private let parts: [Int]
    private let profile: Bool

    init(_ plan: ExecutionPlan, threads: Int, profile: Bool) throws {
        self.plan = plan
        self.profile = profile
        parts = plan.operations.map { $0.parts(threads: threads) }
        scratchBytes = plan.scratchBytes
        guard scratchBytes * threads <= FormatLimits.scratchBytes else {
            throw ModelFormatError.limit(
                what: "bytes of scratch memory for \(threads) threads", found: scratchBytes * threads,
                limit: FormatLimits.scratchBytes)
        }
        arena = try Storage(zeroedBytes: plan.arenaBytes)
        scratch = try Storage(zeroedBytes: scratchBytes * threads)
        stepNanoseconds = .allocate(capacity: plan.operations.count)
        stepNanoseconds.initialize(repeating: 0)
    }

    deinit { stepNanoseconds.deallocate() }

    /// Where a channel of a value begins.
    func plane(_ channel: Int, of place: Place) -> UnsafeMutableRawPointer {
        place.plane(channel, arena.bytes.baseAddress!)
    }

    /// Runs a share of a step.
    func run(_ part: ThreadPool.Part) {
        let mode = condensenet_denormals_flush()
        defer { condensenet_denormals_restore(mode) }
        plan.operations[part.job].run(
            Share(
                arena: arena.bytes.baseAddress!, scratch: scratch.bytes.baseAddress! + part.member * scratchBytes,
                part: part.part, parts: part.parts))
    }

    /// Runs all steps.
    ///
    /// - Throws: `RuntimeError.cancelled`, the steps that are left not having run.
    func run(on pool: ThreadPool) throws {
        var start = profile ? monotonicNanoseconds() : 0
        for step in plan.operations.indices {
            if Cancellation.isRequested { throw RuntimeError.cancelled }
            pool.run(job: step, parts: pool.isAlone ? 1 : parts[step])
            if profile {
                let end = monotonicNanoseconds()
                stepNanoseconds[step] = end - start
                start = end
            }
        }
    }
}
