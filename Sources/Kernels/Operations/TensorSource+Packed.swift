import Engine
import Foundations
import ModelFormat

extension TensorSource {
    /// The weights of `step`, and its biases where it has them, packed by a kernel into `count` numbers.
    ///
    /// - Throws: `MemoryError`.
    func packed(
        _ step: Step, hasBias: Bool, count: Int,
        pack: (UnsafePointer<Float>, UnsafePointer<Float>?, UnsafeMutablePointer<Number>) -> Void
    ) throws -> StoredArray<Number> {
        let weights = try floats("\(step.name).weight")
        let bias = hasBias ? try floats("\(step.name).bias") : nil
        return try StoredArray(count: count, allocate: memory) { packed in
            withExtendedLifetime((weights, bias)) { pack(weights.pointer, bias?.pointer, packed.baseAddress!) }
        }
    }
}
