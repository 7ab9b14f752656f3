import Engine
import Foundations
import ModelFormat

/// A step's gathered planes, scales and shifts, as kernels take them.
struct PackedPreActivation: Sendable {
    /// The input plane of each channel that the operation sees.
    let planes: StoredArray<Int32>
    private let scale: StoredArray<Float>?
    private let shift: StoredArray<Float>?

    init(_ step: Step, _ source: PreActivation, _ tensors: any TensorSource) throws {
        planes =
            source.gather == nil
            ? try StoredArray(count: step.inputChannels) { planes in
                for plane in planes.indices { planes[plane] = Int32(plane) }
            } : try tensors.indices("\(step.name).index")
        scale = source.normalize ? try tensors.floats("\(step.name).scale") : nil
        shift = source.normalize ? try tensors.floats("\(step.name).shift") : nil
    }

    /// Scale and shift of each channel, where the step normalises.
    var normalization: Normalization<Float>? {
        guard let scale, let shift else { return nil }
        return Normalization(scale: scale.pointer, shift: shift.pointer)
    }
}
