import Engine
import Foundations
import ModelFormat

/// Runs a plan: owns the arena and the threads.
///
/// A plan may serve any number of sessions at once; one session serves one caller at a time. `run` allocates nothing and
/// gives the same bits for the same input whatever the number of threads.
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
    /// - Precondition: `threads` is from 1 to `Session.maximumThreads`.
    /// - Throws: `MemoryError`, `.limit` for threads that need too much scratch memory, or
    ///   `RuntimeError.threads`.
    public init(plan: ExecutionPlan, threads: Int = 1, profile: Bool = false) throws {
        precondition((1...Self.maximumThreads).contains(threads), "threads out of range")
        self.plan = plan
        self.threads = threads
        input = plan.place(of: plan.model.description.graph.input)
        output = plan.place(of: plan.model.description.graph.output)
        classes = plan.model.description.classes
        let execution = try Execution(plan, threads: threads, profile: profile)
        self.execution = execution
        pool = try ThreadPool(count: threads) { execution.run(member: $0) }
    }

    /// The most threads that a session takes.
    public static let maximumThreads = 64

    /// Computes the logits of one image.
    ///
    /// - Parameters:
    ///   - input: `[3, H, W]` planes, normalised.
    ///   - output: `[classes]`.
    /// - Precondition: both have exactly the plan's sizes.
    public func run(_ input: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>) {
        let shape = self.input.shape
        precondition(input.count == shape.count, "input of \(input.count) floats for \(shape)")
        precondition(output.count == classes, "output of \(output.count) floats")
        let planes = execution.planes(self.input)
        for channel in 0..<shape.channels {
            planes[channel].update(from: input.baseAddress! + channel * shape.pixels, count: shape.pixels)
        }
        pool.run()
        let logits = execution.planes(self.output)
        for index in 0..<output.count { output[index] = logits[index].pointee }
    }

    /// The logits of one image; see `run(_:into:)`.
    ///
    /// An array, a part of one and a `StoredArray` are read where they are.
    public func logits(_ input: some Collection<Float>) -> [Float] {
        [Float](unsafeUninitializedCapacity: classes) { output, count in
            count = classes
            let logits = UnsafeMutableBufferPointer(rebasing: output[..<count])
            let isDone: Void? = input.withContiguousStorageIfAvailable { run($0, into: logits) }
            if isDone == nil { Array(input).withUnsafeBufferPointer { run($0, into: logits) } }
        }
    }

    /// Nanoseconds that each of `plan.steps` took in the last run; all 0 unless profiling. They live as long as the session.
    public var stepNanoseconds: UnsafeBufferPointer<UInt64> { UnsafeBufferPointer(execution.stepNanoseconds) }

    /// A copy of value `name`, `[C, H, W]`, as the last run left it.
    ///
    /// - Precondition: the plan was made with `retainsValues`, and its graph has such a value.
    public func value(_ name: String) -> [Float] {
        precondition(plan.options.retainsValues, "the plan does not retain values")
        let place = plan.place(of: name)
        let planes = execution.planes(place)
        return (0..<place.shape.channels).flatMap {
            UnsafeBufferPointer(start: planes[$0], count: place.shape.pixels)
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
    private let barrier: Barrier
    private let threads: Int
    private let profile: Bool

    init(_ plan: ExecutionPlan, threads: Int, profile: Bool) throws {
        self.plan = plan
        self.threads = threads
        self.profile = profile
        scratchBytes = plan.scratchBytes
        guard scratchBytes * threads <= FormatLimits.scratchBytes else {
            throw ModelFormatError.limit(
                what: "bytes of scratch memory for \(threads) threads", found: scratchBytes * threads,
                limit: FormatLimits.scratchBytes)
        }
        arena = try Storage(zeroedBytes: plan.arenaBytes)
        scratch = try Storage(zeroedBytes: scratchBytes * threads)
        barrier = Barrier(members: threads)
        stepNanoseconds = .allocate(capacity: plan.operations.count)
        stepNanoseconds.initialize(repeating: 0)
    }

    deinit { stepNanoseconds.deallocate() }

    func planes(_ place: Place) -> Planes<Float> { place.planes(arena.bytes.baseAddress!) }

    func run(member: Int) {
        let share = Share(
            arena: arena.bytes.baseAddress!, scratch: scratch.bytes.baseAddress! + member * scratchBytes, part: member,
            parts: threads)
        var start = profile ? monotonicNanoseconds() : 0
        for (position, operation) in plan.operations.enumerated() {
            operation.run(share)
            if threads > 1 { barrier.wait() }
            if profile, member == 0 {
                let end = monotonicNanoseconds()
                stepNanoseconds[position] = end - start
                start = end
            }
        }
    }
}
