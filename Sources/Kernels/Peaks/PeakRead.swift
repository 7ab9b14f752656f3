/// Reads memory as fast as the processor can: eight independent sums over one block.
public enum PeakRead {
    /// The sum of `count` floats, and the reason to read them.
    ///
    /// - Precondition: `count` is a multiple of 128.
    @inline(never)
    public static func sum(_ floats: UnsafePointer<Float>, count: Int) -> Float {
        var s0 = WidestVector(repeating: 0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0
        var position = UnsafeRawPointer(floats)
        let end = position + count * MemoryLayout<Float>.stride
        while position < end {
            s0 += load(position, 0)
            s1 += load(position, 1)
            s2 += load(position, 2)
            s3 += load(position, 3)
            s4 += load(position, 4)
            s5 += load(position, 5)
            s6 += load(position, 6)
            s7 += load(position, 7)
            position += 8 * MemoryLayout<WidestVector>.stride
        }
        return sumOfLanes((((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))))
    }

    /// Vector `index` from `position` on.
    @inline(__always)
    private static func load(_ position: UnsafeRawPointer, _ index: Int) -> WidestVector {
        position.loadUnaligned(fromByteOffset: index * MemoryLayout<WidestVector>.stride, as: WidestVector.self)
    }
}

/// The sum of all lanes.
///
/// Not the standard library's: its copy for a wide vector would carry no module's name, and other modules might run it
/// (`tools/variant-check`).
@inline(__always)
func sumOfLanes(_ vector: WidestVector) -> Float {
    var sum: Float = 0
    for lane in 0..<WidestVector.scalarCount { sum += vector[lane] }
    return sum
}
