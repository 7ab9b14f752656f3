/// How a plan is made.
public struct PlanOptions: Equatable, Sendable {
    /// Gives every value memory of its own, so that it can be looked at after a run.
    public var retainsValues: Bool
    /// Runs the plain reference kernels only: slow, and independent of every optimised one.
    public var referenceKernels: Bool
    /// Lets 3×3 convolutions run by Winograd's minimal filtering, whose results differ from the direct sums by rounding of
    /// the same order.
    public var winograd: Bool
    /// The instruction set whose kernels run; `nil` for the one that `CONDENSENET_KERNELS` names, or else the widest that
    /// this program holds and this processor has.
    public var instructionSet: InstructionSet?

    /// The defaults make the plan that people run.
    public init(
        retainsValues: Bool = false, referenceKernels: Bool = false, winograd: Bool = true,
        instructionSet: InstructionSet? = nil
    ) {
        self.retainsValues = retainsValues
        self.referenceKernels = referenceKernels
        self.winograd = winograd
        self.instructionSet = instructionSet
    }
}
