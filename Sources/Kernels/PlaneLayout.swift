/// Floats in a cache line of the processors that the kernels are meant for.
private let lineFloats = 16

@inline(__always)
func roundUp(_ value: Int, toMultipleOf step: Int) -> Int {
    (value &+ step &- 1) / step &* step
}

/// Floats from one plane to the next, for planes of `pixels` floats in a feature buffer.
///
/// At least `pixels`, and a multiple of 16, so that every plane begins on a cache line. Where the lines of a plane are
/// a multiple of four, one more line keeps corresponding pixels of many planes from falling into few sets of the cache;
/// planes of up to four lines are read whole, and stay dense.
public func recommendedPlaneStride(pixels: Int) -> Int {
    let lines = roundUp(pixels, toMultipleOf: lineFloats) / lineFloats
    return (lines > 4 && lines % 4 == 0 ? lines + 1 : lines) * lineFloats
}
