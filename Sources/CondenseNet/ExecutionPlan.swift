import Engine
import ModelFormat

/// A model made ready to run: every value's place in one arena, every kernel chosen, every weight packed.
///
/// A plan never changes and may be shared by any number of sessions.
public final class ExecutionPlan: Sendable {
    /// How a plan is made.
    public typealias Options = PlanOptions

    /// The model that was planned.
    public let model: Model
    /// How the plan was made.
    public let options: Options
    /// The instruction set whose kernels run.
    public var instructionSet: InstructionSet { kernels.instructionSet }
    /// What values are computed and stored in.
    public var precision: Precision { kernels.precision }
    /// What a run does, in order.
    public let steps: [PlannedStep]

    let operations: [any PlannedOperation]
    let kernels: any KernelSet
    /// The same; `nil` where values are bytes.
    let floatKernels: (any FloatKernelSet)?
    /// What bytes stand for; `nil` where values are floating-point numbers.
    let quantization: Quantization?
    private let layout: ArenaLayout

    /// Plans `model`.
    ///
    /// - Throws: `RuntimeError.kernels` or `.processor` when the kernels that `options` or `CONDENSENET_KERNELS` ask for
    ///   cannot run here, `ModelFormatError.limit` for an arena or packed weights beyond `FormatLimits`,
    ///   `MemoryError`, or `RuntimeError.consumedModel`.
    public convenience init(_ model: Model, options: Options = Options()) throws {
        try self.init(model, consuming: false, options: options)
    }

    /// Plans `model` and gives each tensor's memory back to the system as soon as it is packed: the last plan that can be
    /// made of that model, and one that needs less memory meanwhile.
    ///
    /// - Throws: as the other, and `RuntimeError.consumedModel` when such a plan has been made of the model before.
    public convenience init(consuming model: Model, options: Options = Options()) throws {
        try self.init(model, consuming: true, options: options)
    }

    private init(_ model: Model, consuming: Bool, options: Options) throws {
        let tensors = try model.tensors(consuming: consuming)
        let kernels = try KernelSets.choose(options.instructionSet, for: model.precision)
        self.kernels = kernels
        floatKernels = kernels as? any FloatKernelSet
        self.model = model
        self.options = options
        let graph = model.description.graph
        let units = kernels.units(of: graph, options: options)
        let isQuantized = kernels.precision == .int8
        let layout = try ArenaLayout(
            graph, units: units, elementBytes: kernels.precision.bytes, outputBytes: isQuantized ? 4 : nil,
            retainsValues: options.retainsValues)
        quantization = isQuantized ? try Quantization(graph, tensors, retainsValues: options.retainsValues) : nil
        var packedBytes = 0
        let operations = try units.map { unit in
            let operation = try kernels.operation(unit, layout: layout, tensors: tensors, options: options)
            packedBytes += operation.packedBytes
            guard packedBytes <= FormatLimits.packedBytes else {
                throw ModelFormatError.limit(
                    what: "bytes of packed weights", found: packedBytes, limit: FormatLimits.packedBytes)
            }
            return operation
        }
        self.layout = layout
        self.operations = operations
        steps = zip(units, operations).map { PlannedStep($0, $1, graph: graph, layout: layout) }
    }

    /// Bytes of the arena that each session allocates.
    public var arenaBytes: Int { layout.byteCount }

    /// Bytes of scratch memory that each thread of a session needs.
    public var scratchBytes: Int { ((operations.map(\.scratchBytes).max() ?? 0) + 63) / 64 * 64 }

    /// Bytes of packed weights.
    public var packedBytes: Int { steps.reduce(0) { $0 + $1.packedBytes } }

    func place(of value: String) -> Place? { layout.places[value] }
}
