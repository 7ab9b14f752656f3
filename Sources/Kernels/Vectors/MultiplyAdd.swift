import CVector

/// Eight neighbouring pixels of one plane: one AVX register, or two NEON registers.
typealias PixelVector = SIMD8<Float>

/// Returns `accumulator + a * b`.
///
/// One rounding where the target has a fused instruction, two in a build for x86-64 without FMA. Kernels and references
/// share this function, so that both round alike.
@inline(__always)
func multiplyAdd(_ accumulator: Float, _ a: Float, _ b: Float) -> Float {
    condensenet_multiply_add(accumulator, a, b)
}

/// Returns `accumulator + a * b` in every lane, rounded as the scalar function rounds.
@inline(__always)
func multiplyAdd(_ accumulator: PixelVector, _ a: PixelVector, _ b: PixelVector) -> PixelVector {
    condensenet_multiply_add8(accumulator, a, b)
}

/// Returns `accumulator + a * b` in every lane, with one factor for all lanes.
@inline(__always)
func multiplyAdd(_ accumulator: PixelVector, _ a: PixelVector, _ b: Float) -> PixelVector {
    condensenet_multiply_add8(accumulator, a, PixelVector(repeating: b))
}

/// ReLU: zero where `x` is below zero, else `x`; hence NaN stays NaN.
@inline(__always)
func relu(_ x: Float) -> Float {
    x < 0 ? 0 : x
}

/// ReLU of every lane; NaN stays NaN, and −0 becomes a zero of either sign.
@inline(__always)
func relu(_ x: PixelVector) -> PixelVector {
    condensenet_relu8(x)
}

#if CONDENSENET_AVX512
    /// The widest vector that one instruction computes.
    typealias WidestVector = SIMD16<Float>

    /// Returns `accumulator + a * b` in every lane, rounded as the scalar function rounds.
    @inline(__always)
    func multiplyAdd(_ accumulator: SIMD16<Float>, _ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
        condensenet_multiply_add16(accumulator, a, b)
    }

    /// ReLU of every lane; NaN stays NaN, and −0 becomes a zero of either sign.
    @inline(__always)
    func relu(_ x: SIMD16<Float>) -> SIMD16<Float> {
        condensenet_relu16(x)
    }
#else
    typealias WidestVector = PixelVector
#endif

/// Asks, on x86-64, for the line of weights that is used `KernelChoice.prefetchFloats` after the one at `weights`.
///
/// The weights of a network stream through the first-level cache once for each image. On Arm nothing is asked for: no core
/// was measured, and the addresses alone cost instructions.
@inline(__always)
func prefetch(_ weights: UnsafePointer<Float>) {
    #if arch(x86_64)
        condensenet_prefetch(weights + KernelChoice.prefetchFloats)
    #endif
}

/// Reads eight floats from any address that a `Float` may have.
@inline(__always)
func loadVector(_ pointer: UnsafePointer<Float>) -> PixelVector {
    UnsafeRawPointer(pointer).loadUnaligned(as: PixelVector.self)
}

/// Reads the first `count` (0 to 8) of eight floats and nothing beyond them; the other lanes are zero.
///
/// Not inlined, like the function that writes: access to single lanes would make the compiler split the vectors of the
/// loops around it into scalars.
@inline(never)
func loadVector(_ pointer: UnsafePointer<Float>, count: Int) -> PixelVector {
    var vector = PixelVector(repeating: 0)
    for lane in 0..<count { vector[lane] = pointer[lane] }
    return vector
}

/// Writes eight floats to any address that a `Float` may have.
@inline(__always)
func storeVector(_ vector: PixelVector, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: PixelVector.self)
}

/// Writes the first `count` (0 to 8) of eight floats and nothing beyond them.
@inline(never)
func storeVector(_ vector: PixelVector, _ pointer: UnsafeMutablePointer<Float>, count: Int) {
    for lane in 0..<count { pointer[lane] = vector[lane] }
}
