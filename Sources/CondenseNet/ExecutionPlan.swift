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
        /// Lets 3×3 convolutions run by Winograd F(4, 3) (`Kernels.Winograd3x3`), whose results differ from the direct
        /// sums by rounding of the same order.
        public var winograd: Bool

        /// The defaults make the plan that people run.
        public init(retainsValues: Bool = false, referenceKernels: Bool = false, winograd: Bool = true) {
            self.retainsValues = retainsValues
            self.referenceKernels = referenceKernels
            self.winograd = winograd
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
    ///   or packed weights beyond `FormatLimits`, `ModelFormatError.memory`.
    public init(_ model: Model, options: Options = Options()) throws {
        try Self.requireProcessor()
        self.model = model
        self.options = options
        let graph = model.description.graph
        let units = PlanUnit.units(graph, options: options)
        layout = try ArenaLayout(graph, units: units, retainsValues: options.retainsValues)
        let planner = StepPlanner(graph: graph, layout: layout, tensors: model.tensors, options: options)
        var packedBytes = 0
        operations = try units.map { unit in
            let operation = try planner.operation(unit)
            packedBytes += operation.packedBytes
            guard packedBytes <= FormatLimits.packedBytes else {
                throw ModelFormatError.limit(
                    what: "bytes of packed weights", found: packedBytes, limit: FormatLimits.packedBytes)
            }
            return operation
        }
        steps = zip(units, operations).map(planner.describe)
    }

    /// Floats of the arena.
    public var arenaFloats: Int { layout.floats }

    /// Floats of scratch memory that each thread needs.
    public var scratchFloats: Int { ((operations.map(\.scratchFloats).max() ?? 0) + 15) / 16 * 16 }

    /// Bytes of packed weights.
    public var packedBytes: Int { steps.reduce(0) { $0 + $1.packedBytes } }

    func place(of value: String) -> ArenaLayout.Place { layout.places[value]! }

    /// Throws unless the processor has the instructions that the kernels were compiled for.
    private static func requireProcessor() throws {
        #if CONDENSENET_AVX512
            guard condensenet_processor_has_avx512() else {
                throw RuntimeError.processor(needs: "AVX-512", build: "without CONDENSENET_AVX512=1")
            }
        #elseif arch(x86_64) && !CONDENSENET_PORTABLE
            guard condensenet_processor_has_avx2_fma() else {
                throw RuntimeError.processor(needs: "AVX2 and FMA", build: "with CONDENSENET_PORTABLE=1")
            }
        #endif
    }
}
