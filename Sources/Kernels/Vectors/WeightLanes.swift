/// Up to four consecutive packed weights, each a factor for whole pixel vectors.
///
/// AArch64 multiplies by a lane of a register, so one load serves four weights; x86-64 broadcasts each from memory
/// in its load port. Four floats must be readable at the address whatever number is used.
struct WeightLanes {
    #if arch(arm64)
        private let lanes: SIMD4<Float>

        @inline(__always)
        init(_ pointer: UnsafePointer<Float>) {
            lanes = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Float>.self)
        }
    #else
        private let lanes: UnsafePointer<Float>

        @inline(__always)
        init(_ pointer: UnsafePointer<Float>) {
            lanes = pointer
        }
    #endif

    /// Weight `lane`, 0 to 3; a constant after inlining.
    @inline(__always)
    subscript(lane: Int) -> Float { lanes[lane] }
}
