/// Reads eight elements that lie `stride` (1 or 2) apart and nothing beyond the last of them.
@inline(__always)
func loadStrided<Element: KernelElement>(_ source: UnsafePointer<Element>, stride: Int) -> SIMD8<Element> {
    guard stride == 2 else { return loadVector(source) }
    // Fifteen elements hold the eight, so the second load ends with the last of them.
    let (low, high) = (loadVector(source), loadVector(source + 7))
    return SIMD8(lowHalf: low.evenHalf, highHalf: high.oddHalf)
}

/// Copies every `stride`-th of the elements at `source`; nothing beyond the last of them is read.
@inline(__always)
func copyStrided<Element: KernelElement>(
    _ destination: UnsafeMutablePointer<Element>, from source: UnsafePointer<Element>, count: Int, stride: Int
) {
    var index = 0
    if stride <= 2 {
        while index &+ 8 <= count {
            storeVector(loadStrided(source + index &* stride, stride: stride), destination + index)
            index &+= 8
        }
    }
    while index < count {
        destination[index] = source[index &* stride]
        index &+= 1
    }
}
