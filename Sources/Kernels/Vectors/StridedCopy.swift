/// Reads eight floats that lie `stride` (1 or 2) apart and nothing beyond the last of them.
@inline(__always)
func loadStrided(_ source: UnsafePointer<Float>, stride: Int) -> PixelVector {
    guard stride == 2 else { return loadVector(source) }
    // Fifteen floats hold the eight, so the second load ends with the last of them.
    let (low, high) = (loadVector(source), loadVector(source + 7))
    return PixelVector(lowHalf: low.evenHalf, highHalf: high.oddHalf)
}

/// Copies every `stride`-th of the floats at `source`; nothing beyond the last of them is read.
@inline(__always)
func copyStrided(
    _ destination: UnsafeMutablePointer<Float>, from source: UnsafePointer<Float>, count: Int, stride: Int
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
