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
    private let rounded: StoredNormalization?

    init(_ step: Step, _ source: PreActivation, _ tensors: any TensorSource) throws {
        planes = try tensors.inputPlanes(of: step, source)
        scale = source.normalize ? try tensors.floats("\(step.name).scale") : nil
        shift = source.normalize ? try tensors.floats("\(step.name).shift") : nil
        if let scale, let shift {
            rounded = StoredNormalization(scale: try scale.rounded(), shift: try shift.rounded())
        } else {
            rounded = nil
        }
    }

    /// Scale and shift of each channel, where the step normalises, to be folded into weights.
    var floats: Normalization<Float>? {
        guard let scale, let shift else { return nil }
        return Normalization(scale: scale.pointer, shift: shift.pointer)
    }

    /// Scale and shift of each channel, where the step normalises, for kernels.
    var normalization: Normalization<Number>? { rounded?.pointers }
}

/// A folded batch norm that owns its numbers.
///
/// A type of this module, not a tuple: what the compiler makes for copying one would carry no name of the module.
struct StoredNormalization: Sendable {
    /// `[channels]`.
    let scale: StoredArray<Number>
    /// `[channels]`.
    let shift: StoredArray<Number>

    /// For kernels; valid while the arrays live.
    var pointers: Normalization<Number> { Normalization(scale: scale.pointer, shift: shift.pointer) }
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
