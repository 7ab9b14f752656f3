import Engine
import Foundations
import ModelFormat

/// What happens to bytes before they are summed: channels are gathered and held between two bounds.
struct InputStage: Sendable {
    /// The plane of each channel.
    let planes: StoredArray<Int32>
    private let lower: StoredArray<Int8>?
    private let upper: StoredArray<Int8>?

    /// The stage of a step that sees `inputChannels` channels.
    ///
    /// - Throws: what `tensors` throws.
    init(_ step: Step, _ preActivation: PreActivation, _ tensors: any TensorSource) throws {
        planes = try tensors.inputPlanes(of: step, preActivation)
        lower = preActivation.bounds ? try tensors.bytes("\(step.name).lower") : nil
        upper = preActivation.bounds ? try tensors.bytes("\(step.name).upper") : nil
    }

    /// The bounds of a channel.
    @inline(__always)
    func bounds(_ channel: Int) -> (lower: Int8, upper: Int8) {
        (lower?.elements[channel] ?? -128, upper?.elements[channel] ?? 127)
    }
}
