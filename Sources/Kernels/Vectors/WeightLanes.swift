/// Up to four consecutive packed weights, each a factor for whole pixel vectors.
///
/// AArch64 multiplies by a lane of a register, so one load serves four weights; x86-64 broadcasts each from memory
/// in its load port. Four elements must be readable at the address whatever number is used.
struct WeightLanes<Element: KernelElement> {
    #if arch(arm64)
        private let lanes: SIMD4<Element>

        @inline(__always)
        init(_ pointer: UnsafePointer<Element>) {
            lanes = Element.load4(pointer)
        }
    #else
        private let lanes: UnsafePointer<Element>

        @inline(__always)
        init(_ pointer: UnsafePointer<Element>) {
            lanes = pointer
        }
    #endif

    /// Weight `lane`, 0 to 3; a constant after inlining.
    @inline(__always)
    subscript(lane: Int) -> Element { lanes[lane] }
}
