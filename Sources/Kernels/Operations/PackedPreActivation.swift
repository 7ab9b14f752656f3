import Engine
import Foundations
import ModelFormat

/// A step's gathered planes, scales and shifts, as kernels take them.
struct PackedPreActivation: Sendable {
    /// The input plane of each channel that the operation sees.
    let planes: StoredArray<Int32>
    private let scale: StoredArray<Float>?
    private let shift: StoredArray<Float>?
    /// The same, rounded to what the kernels compute in.
    private let rounded: (scale: StoredArray<Number>, shift: StoredArray<Number>)?

    init(_ step: Step, _ source: PreActivation, _ tensors: any TensorSource) throws {
        planes =
            source.gather == nil
            ? try StoredArray(count: step.inputChannels) { planes in
                for plane in planes.indices { planes[plane] = Int32(plane) }
            } : try tensors.indices("\(step.name).index")
        scale = source.normalize ? try tensors.floats("\(step.name).scale") : nil
        shift = source.normalize ? try tensors.floats("\(step.name).shift") : nil
        if let scale, let shift { rounded = try (scale.rounded(), shift.rounded()) } else { rounded = nil }
    }

    /// Scale and shift of each channel, where the step normalises, to be folded into weights.
    var floats: Normalization<Float>? {
        guard let scale, let shift else { return nil }
        return Normalization(scale: scale.pointer, shift: shift.pointer)
    }

    /// Scale and shift of each channel, where the step normalises, for kernels.
    var normalization: Normalization<Number>? {
        rounded.map { Normalization(scale: $0.scale.pointer, shift: $0.shift.pointer) }
    }
}

extension StoredArray where Element == Float {
    /// The elements in the precision of this module; the array itself where that is its own.
    fileprivate func rounded() throws -> StoredArray<Number> {
        #if CONDENSENET_HALF
            try StoredArray<Number>(count: count) { numbers in
                for (position, float) in elements.enumerated() { numbers[position] = Number(float) }
            }
        #else
            self
        #endif
    }
}
