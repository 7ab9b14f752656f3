import CProcessor
import Kernels
import ModelFormat

/// A model made ready to run: every value's place in one arena, every kernel chosen, every weight packed.
///
/// A plan never changes and may be shared by any number of sessions.
public final class ExecutionPlan: Sendable {
    /// How a plan is made.
    public struct Options: Equatable, Sendable {
        /// Gives every value memory of its own, so that `Session.value(_:)` can show it.
        public var retainsValues: Bool
        /// Runs the plain reference kernels only: slow, and independent of every optimised one.
        public var referenceKernels: Bool

        public init(retainsValues: Bool = false, referenceKernels: Bool = false) {
            self.retainsValues = retainsValues
            self.referenceKernels = referenceKernels
        }
    }

    /// The model that was planned.
    public let model: Model
    /// How the plan was made.
    public let options: Options
    /// What a run does, in order.
    public let steps: [PlannedStep]

    let operations: [any PlannedOperation]
    private let layout: ArenaLayout

    /// Plans `model`.
    ///
    /// - Throws: `RuntimeError.processor` when this build's instructions are missing, `ModelFormatError.limit` for an arena
    ///   beyond `FormatLimits.arenaBytes`, `ModelFormatError.memory`.
    public init(_ model: Model, options: Options = Options()) throws {
        try Self.requireProcessor()
        self.model = model
        self.options = options
        let graph = model.description.graph
        layout = try ArenaLayout(graph, retainsValues: options.retainsValues)
        let planner = StepPlanner(graph: graph, layout: layout, tensors: model.tensors, options: options)
        var steps: [PlannedStep] = []
        var operations: [any PlannedOperation] = []
        for step in graph.steps {
            let (planned, operation) = try planner.plan(step)
            steps.append(planned)
            operations.append(operation)
        }
        self.steps = steps
        self.operations = operations
    }

    /// Floats of the arena that holds all values.
    public var arenaFloats: Int { layout.floats }

    /// Floats of scratch memory that each thread needs.
    public var scratchFloats: Int { operations.map(\.scratchFloats).max() ?? 0 }

    /// Bytes of packed weights.
    public var packedBytes: Int { steps.reduce(0) { $0 + $1.packedBytes } }

    func place(of value: String) -> ArenaLayout.Place { layout.places[value]! }

    /// Throws unless the processor has the instructions that the kernels were compiled for.
    public static func requireProcessor() throws {
        #if arch(x86_64) && !CONDENSENET_PORTABLE
            guard condensenet_processor_has_avx2_fma() else { throw RuntimeError.processor(needs: "AVX2 and FMA") }
        #endif
    }
}

/// One step of a plan, as `inspect --plan` shows it.
public struct PlannedStep: Equatable, Sendable {
    /// The step's name in the source network.
    public let name: String
    /// The kernel that runs it.
    public let kernel: String
    /// What the step sees, writes and computes.
    public let shapes: StepShapes
    /// Bytes of activations that are read and written, each once.
    public let activationBytes: Int
    /// Bytes of packed weights.
    public let packedBytes: Int
    /// Where the written channels start, in bytes from the arena's start.
    public let arenaOffset: Int
}

/// A step's work, ready to run.
protocol PlannedOperation: AnyObject, Sendable {
    /// The kernel's name.
    var kernel: String { get }
    /// Bytes of packed weights.
    var packedBytes: Int { get }
    /// Floats of scratch memory that each thread needs.
    var scratchFloats: Int { get }

    /// Computes one of `parts` shares. All shares together write the whole output; none reads what another writes.
    func run(
        arena: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, part: Int, parts: Int)
}

extension PlannedOperation {
    var packedBytes: Int { 0 }
    var scratchFloats: Int { 0 }
}

/// The share of `0..<count` that falls to `part` of `parts`, in whole blocks of `block` but for the last.
func share(of count: Int, part: Int, parts: Int, block: Int = 1) -> Range<Int> {
    let blocks = (count + block - 1) / block
    let lower = min(blocks * part / parts * block, count)
    let upper = min(blocks * (part + 1) / parts * block, count)
    return lower..<upper
}
