import Kernels
import ModelFormat

/// What every convolution of planes has, whatever kernel runs it: packed weights, and where it reads and writes.
struct PackedConvolution: Sendable {
    let weights: StoredArray<Float>
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let outputOffset: Int

    /// Lets a kernel's `pack` fill `count` floats with the weights and biases of a step.
    init(
        _ step: Step, _ source: Convolution, input: ArenaLayout.Place, output: ArenaLayout.Place,
        tensors: any TensorSource, count: Int,
        pack: (UnsafePointer<Float>, UnsafePointer<Float>?, UnsafeMutablePointer<Float>) -> Void
    ) throws {
        weights = try tensors.packed(step, hasBias: source.bias, count: count, pack: pack)
        self.input = input
        self.output = output
        outputOffset = step.outputOffset
    }

    /// The planes that the step reads.
    func source(_ share: Share) -> Planes { input.planes(share.arena) }

    /// The planes that the step writes, from its first on.
    func destination(_ share: Share) -> Planes {
        let planes = output.planes(share.arena)
        return Planes(base: planes[outputOffset], stride: planes.stride)
    }
}
