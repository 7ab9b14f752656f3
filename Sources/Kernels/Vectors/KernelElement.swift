/// A type of number that kernels compute in: planes, packed weights and sums are of it.
///
/// Kernels are generic over it and specialised by the compiler, so that one source serves every type. The defaults suit a
/// type whose vectors the compiler puts together by itself.
protocol KernelElement: BinaryFloatingPoint, SIMDScalar, Codable, BitwiseCopyable, Sendable {
    /// About as many products as one sum takes: a longer sum is taken in parts of so many, which are then added, so that its
    /// rounding does not grow with its length.
    static var sumTerms: Int { get }
    /// Eight consecutive elements from any address that an element may have.
    ///
    /// Each type says so itself: Swift 6.0 copies vectors of a generic type through the stack.
    static func load8(_ pointer: UnsafePointer<Self>) -> SIMD8<Self>
    /// Four consecutive elements from any address that an element may have.
    static func load4(_ pointer: UnsafePointer<Self>) -> SIMD4<Self>
    /// Writes eight consecutive elements to any address that an element may have.
    static func store(_ vector: SIMD8<Self>, _ pointer: UnsafeMutablePointer<Self>)
    /// Writes four consecutive elements to any address that an element may have.
    static func store(_ vector: SIMD4<Self>, _ pointer: UnsafeMutablePointer<Self>)
    /// `accumulator + a * b`; one rounding where the target has a fused instruction, the same for scalars and vectors.
    static func multiplyAdd(_ accumulator: Self, _ a: Self, _ b: Self) -> Self
    /// `accumulator + a * b` in every lane.
    static func multiplyAdd(_ accumulator: SIMD8<Self>, _ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self>
    /// `a + b` in every lane.
    static func add(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self>
    /// `a - b` in every lane.
    static func subtract(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self>
    /// `a * b` in every lane.
    static func multiply(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self>
    /// The greater of `x` and `bound` in every lane; NaN in `x` stays NaN, and of two zeros either.
    static func atLeast(_ x: SIMD8<Self>, _ bound: SIMD8<Self>) -> SIMD8<Self>
    /// The lesser of `x` and `bound` in every lane; NaN in `x` stays NaN, and of two zeros either.
    static func atMost(_ x: SIMD8<Self>, _ bound: SIMD8<Self>) -> SIMD8<Self>
    /// `x · min(max(x / 6 + 1/2, 0), 1)` in every lane, one multiply-add and one product.
    static func hardSwish(_ x: SIMD8<Self>) -> SIMD8<Self>
    /// The greater of `a` and `b` in every lane; NaN where either is NaN, and of two zeros either.
    static func maximum(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self>
    /// The sums of neighbours: `a[0] + a[1]`, `a[2] + a[3]` and so on to `b[6] + b[7]`.
    static func pairSums(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self>
    /// The first `count` (0 to 8) lanes of `x`, and zero in the others.
    static func firstLanes(_ x: SIMD8<Self>, count: Int32) -> SIMD8<Self>
}

extension KernelElement {
    @inline(__always) static var sumTerms: Int { .max }

    @inline(__always)
    static func load8(_ pointer: UnsafePointer<Self>) -> SIMD8<Self> {
        UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Self>.self)
    }

    @inline(__always)
    static func load4(_ pointer: UnsafePointer<Self>) -> SIMD4<Self> {
        UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Self>.self)
    }

    @inline(__always)
    static func store(_ vector: SIMD8<Self>, _ pointer: UnsafeMutablePointer<Self>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: SIMD8<Self>.self)
    }

    @inline(__always)
    static func store(_ vector: SIMD4<Self>, _ pointer: UnsafeMutablePointer<Self>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: SIMD4<Self>.self)
    }

    @inline(__always)
    static func multiplyAdd(_ accumulator: Self, _ a: Self, _ b: Self) -> Self { accumulator.addingProduct(a, b) }

    @inline(__always)
    static func multiplyAdd(_ accumulator: SIMD8<Self>, _ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self> {
        accumulator.addingProduct(a, b)
    }

    @inline(__always)
    static func add(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self> { a + b }

    @inline(__always)
    static func subtract(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self> { a - b }

    @inline(__always)
    static func multiply(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self> { a * b }

    @inline(__always)
    static func atLeast(_ x: SIMD8<Self>, _ bound: SIMD8<Self>) -> SIMD8<Self> {
        x.replacing(with: bound, where: x .< bound)
    }

    @inline(__always)
    static func atMost(_ x: SIMD8<Self>, _ bound: SIMD8<Self>) -> SIMD8<Self> {
        x.replacing(with: bound, where: x .> bound)
    }

    @inline(__always)
    static func hardSwish(_ x: SIMD8<Self>) -> SIMD8<Self> {
        let gate = multiplyAdd(SIMD8(repeating: 0.5), x, SIMD8(repeating: 1 / 6))
        return multiply(x, atMost(atLeast(gate, SIMD8(repeating: 0)), SIMD8(repeating: 1)))
    }

    @inline(__always)
    static func maximum(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self> {
        // A comparison with NaN is false: the first takes `b` where `b` is NaN, the second `a` where `a` is.
        let greater = b.replacing(with: a, where: a .> b)
        return greater.replacing(with: a, where: a .!= a)
    }

    @inline(__always)
    static func pairSums(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self> {
        SIMD8(lowHalf: a.evenHalf + a.oddHalf, highHalf: b.evenHalf + b.oddHalf)
    }

    @inline(__always)
    static func firstLanes(_ x: SIMD8<Self>, count: Int32) -> SIMD8<Self> {
        var result = x
        for lane in Int(count)..<8 { result[lane] = 0 }
        return result
    }
}
