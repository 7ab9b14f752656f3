/// Reads memory as fast as the processor can: eight independent sums over one block.
public enum PeakRead {
    /// The sum of `count` floats, and the reason to read them.
    ///
    /// - Precondition: `count` is a multiple of 64.
    @inline(never)
    public static func sum(_ floats: UnsafePointer<Float>, count: Int) -> Float {
        var s0 = PixelVector(repeating: 0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0
        var position = floats
        let end = floats + count
        while position < end {
            s0 += loadVector(position)
            s1 += loadVector(position + 8)
            s2 += loadVector(position + 16)
            s3 += loadVector(position + 24)
            s4 += loadVector(position + 32)
            s5 += loadVector(position + 40)
            s6 += loadVector(position + 48)
            s7 += loadVector(position + 56)
            position += 64
        }
        return (((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))).sum()
    }
}
