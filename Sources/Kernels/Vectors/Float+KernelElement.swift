import CVector

/// Each operation is one on whole vectors, by `CVector`. Without a fused multiply-add in the target (x86-64's baseline) it
/// rounds twice.
extension Float: KernelElement {
    @inline(__always)
    static func load8(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> {
        UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
    }

    @inline(__always)
    static func load4(_ pointer: UnsafePointer<Float>) -> SIMD4<Float> {
        UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Float>.self)
    }

    @inline(__always)
    static func store(_ vector: SIMD8<Float>, _ pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: SIMD8<Float>.self)
    }

    @inline(__always)
    static func store(_ vector: SIMD4<Float>, _ pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: SIMD4<Float>.self)
    }

    @inline(__always)
    static func multiplyAdd(_ accumulator: Float, _ a: Float, _ b: Float) -> Float {
        condensenet_multiply_add(accumulator, a, b)
    }

    @inline(__always)
    static func multiplyAdd(_ accumulator: SIMD8<Float>, _ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
        condensenet_multiply_add8(accumulator, a, b)
    }

    @inline(__always)
    static func add(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { condensenet_add8(a, b) }

    @inline(__always)
    static func subtract(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { condensenet_subtract8(a, b) }

    @inline(__always)
    static func multiply(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { condensenet_multiply8(a, b) }

    @inline(__always)
    static func atLeast(_ x: SIMD8<Float>, _ bound: SIMD8<Float>) -> SIMD8<Float> { condensenet_at_least8(x, bound) }

    @inline(__always)
    static func atMost(_ x: SIMD8<Float>, _ bound: SIMD8<Float>) -> SIMD8<Float> { condensenet_at_most8(x, bound) }

    @inline(__always)
    static func hardSwish(_ x: SIMD8<Float>) -> SIMD8<Float> { condensenet_hard_swish8(x) }

    @inline(__always)
    static func maximum(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { condensenet_maximum8(a, b) }

    @inline(__always)
    static func pairSums(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { condensenet_pair_sums(a, b) }

    @inline(__always)
    static func firstLanes(_ x: SIMD8<Float>, count: Int32) -> SIMD8<Float> { condensenet_first_lanes8(x, count) }
}
