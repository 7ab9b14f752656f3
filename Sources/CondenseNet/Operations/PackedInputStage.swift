import ModelFormat

/// A step's gathered planes, scales and shifts, as kernels take them.
struct PackedInputStage: Sendable {
    /// The input plane of each channel that the operation sees.
    let planes: Packed<Int32>
    private let scale: Packed<Float>?
    private let shift: Packed<Float>?

    init(_ step: Step, _ stage: InputStage, _ tensors: any TensorSource) throws {
        planes = try Packed(
            stage.gather == nil ? Array(0..<Int32(step.inputChannels)) : tensors.indices("\(step.name).index"))
        scale = stage.normalize ? try Packed(tensors.floats("\(step.name).scale")) : nil
        shift = stage.normalize ? try Packed(tensors.floats("\(step.name).shift")) : nil
    }

    /// Scale and shift of each channel, where the step normalises.
    var activation: (scale: UnsafePointer<Float>, shift: UnsafePointer<Float>)? {
        guard let scale, let shift else { return nil }
        return (scale.pointer, shift.pointer)
    }
}
