/// Up to eight consecutive packed weights, each a factor for whole pixel vectors.
///
/// AArch64 multiplies by a lane of a register, so one load serves four weights; x86-64 broadcasts each from memory
/// in its load port. As many elements must be readable at the address as the next multiple of four.
struct WeightLanes<Element: KernelElement> {
    #if arch(arm64)
        private let low, high: SIMD4<Element>

        @inline(__always)
        init(_ pointer: UnsafePointer<Element>, count: Int) {
            low = Element.load4(pointer)
            high = count > 4 ? Element.load4(pointer + 4) : low
        }

        /// Weight `lane`; a constant after inlining.
        @inline(__always)
        subscript(lane: Int) -> Element { lane < 4 ? low[lane] : high[lane &- 4] }
    #else
        private let weights: UnsafePointer<Element>

        @inline(__always)
        init(_ pointer: UnsafePointer<Element>, count: Int) {
            weights = pointer
        }

        /// Weight `lane`; a constant after inlining.
        @inline(__always)
        subscript(lane: Int) -> Element { weights[lane] }
    #endif
}
