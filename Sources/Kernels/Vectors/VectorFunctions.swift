import CVector

/// Returns `accumulator + a * b`.
///
/// Kernels and references share this function, so that both round alike.
@inline(__always)
func multiplyAdd<Element: KernelElement>(_ accumulator: Element, _ a: Element, _ b: Element) -> Element {
    Element.multiplyAdd(accumulator, a, b)
}

/// Returns `accumulator + a * b` in every lane, rounded as the scalar function rounds.
@inline(__always)
func multiplyAdd<Element: KernelElement>(
    _ accumulator: SIMD8<Element>, _ a: SIMD8<Element>, _ b: SIMD8<Element>
) -> SIMD8<Element> {
    Element.multiplyAdd(accumulator, a, b)
}

/// Returns `accumulator + a * b` in every lane, with one factor for all lanes.
@inline(__always)
func multiplyAdd<Element: KernelElement>(
    _ accumulator: SIMD8<Element>, _ a: SIMD8<Element>, _ b: Element
) -> SIMD8<Element> {
    Element.multiplyAdd(accumulator, a, SIMD8(repeating: b))
}

/// Asks, on x86-64, for the line of weights that is used `KernelTable.prefetchBytes` after the one at `weights`.
///
/// The weights of a network stream through the first-level cache once for each image. On Arm nothing is asked for: no core
/// was measured, and the addresses alone cost instructions.
@inline(__always)
func prefetch<Element>(_ weights: UnsafePointer<Element>) {
    #if arch(x86_64)
        condensenet_prefetch(UnsafeRawPointer(weights) + KernelTable.prefetchBytes)
    #endif
}

/// Reads eight elements from any address that an element may have.
@inline(__always)
func loadVector<Element: KernelElement>(_ pointer: UnsafePointer<Element>) -> SIMD8<Element> {
    Element.load8(pointer)
}

/// Reads the first `count` (0 to 8) of eight elements and nothing beyond them; the other lanes are zero.
///
/// Not inlined, like the function that writes: access to single lanes would make the compiler split the vectors of the
/// loops around it into scalars.
@inline(never)
func loadVector<Element: KernelElement>(_ pointer: UnsafePointer<Element>, count: Int) -> SIMD8<Element> {
    var vector = SIMD8<Element>(repeating: 0)
    for lane in 0..<count { vector[lane] = pointer[lane] }
    return vector
}

/// Writes eight elements to any address that an element may have.
@inline(__always)
func storeVector<Element: KernelElement>(_ vector: SIMD8<Element>, _ pointer: UnsafeMutablePointer<Element>) {
    Element.store(vector, pointer)
}

/// Writes the first `count` (0 to 8) of eight elements and nothing beyond them.
@inline(never)
func storeVector<Element: KernelElement>(
    _ vector: SIMD8<Element>, _ pointer: UnsafeMutablePointer<Element>, count: Int
) {
    for lane in 0..<count { pointer[lane] = vector[lane] }
}
