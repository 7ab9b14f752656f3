import Engine
import Foundations
import ModelFormat

/// From integer sums to bytes, or to floats where they are logits: a multiplier and an offset for each output, each operation
/// rounded to single precision, so that all processors give the same bits.
struct OutputScaling: Sendable {
    let multipliers: StoredArray<Float>
    let offsets: StoredArray<Float>

    /// The scaling of a step.
    ///
    /// - Throws: what `tensors` throws.
    init(_ step: Step, _ tensors: any TensorSource) throws {
        multipliers = try tensors.floats("\(step.name).multiplier")
        offsets = try tensors.floats("\(step.name).offset")
    }

    /// What a sum of an output stands for.
    func scaled(_ sum: Int32, output: Int) -> Float {
        let product = Float(sum) * multipliers.elements[output]
        return product + offsets.elements[output]
    }

    /// The byte for a sum of an output: the nearest, of two the even one.
    func byte(_ sum: Int32, output: Int) -> Int8 {
        Int8(max(-128, min(127, scaled(sum, output: output))).rounded(.toNearestOrEven))
    }

    /// Writes what a sum of an output stands for, as the value's elements are.
    func store(_ sum: Int32, output: Int, at position: Int, of plane: UnsafeMutableRawPointer, asFloat: Bool) {
        if asFloat {
            plane.assumingMemoryBound(to: Float.self)[position] = scaled(sum, output: output)
        } else {
            plane.assumingMemoryBound(to: Int8.self)[position] = byte(sum, output: output)
        }
    }
}
