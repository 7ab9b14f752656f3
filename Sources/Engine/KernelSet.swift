import ModelFormat

/// All kernels, compiled for one instruction set: what a plan is made with.
///
/// Each module that holds kernels gives one set (`makeKernelSet`). Everything else in such a module stays behind this
/// protocol, so that no code for wide vectors is inlined where narrower processors run.
public protocol KernelSet: Sendable {
    /// What its kernels are compiled for.
    var instructionSet: InstructionSet { get }

    /// What its kernels compute in: the elements of all values, packed weights and scratch memory.
    var precision: Precision { get }

    /// The steps of a graph that has passed `validate`, in execution order, those together that one operation runs.
    func units(of graph: Graph, options: PlanOptions) -> [PlanUnit]

    /// The operation of a unit, its weights packed.
    ///
    /// - Parameters:
    ///   - unit: one of `units(of:options:)`, of the same graph and with the same options.
    ///   - layout: where the values are that the unit reads and writes.
    ///   - tensors: the graph's tensors.
    /// - Throws: what `tensors` throws, `MemoryError`.
    func operation(
        _ unit: PlanUnit, layout: ArenaLayout, tensors: any TensorSource, options: PlanOptions
    ) throws -> any PlannedOperation
}

/// Kernels whose elements are floating-point numbers.
public protocol FloatKernelSet: KernelSet {
    /// Rounds `count` floats to elements.
    func load(_ floats: UnsafePointer<Float>, count: Int, into elements: UnsafeMutableRawPointer)

    /// The floats that `count` elements are.
    func store(_ elements: UnsafeRawPointer, count: Int, into floats: UnsafeMutablePointer<Float>)

    /// Multiply-adds of one round of `multiplyAdds`.
    var multiplyAddsPerRound: Int { get }

    /// Performs `rounds` rounds of as many multiply-adds as the processor can do, and returns a number that depends on all.
    ///
    /// - Parameters:
    ///   - factor: unknown to the compiler; 1 keeps the values finite for any number of rounds below 2²⁴.
    ///   - term: unknown to the compiler; the chains start at its multiples, so that no two of them are the same.
    func multiplyAdds(rounds: Int, factor: Float, term: Float) -> Float

    /// The sum of `count` floats, read as fast as the processor can.
    ///
    /// - Precondition: `count` is a multiple of 128.
    func sum(_ floats: UnsafePointer<Float>, count: Int) -> Float
}
