import Engine
import Foundations
import ModelFormat

/// Squeeze-excite, as one share: it takes little, and most of it would be done by every thread anew.
final class SqueezeExciteOperation: PlannedOperation {
    let kernel = "SqueezeExcite"
    private let layer: SqueezeExcite
    private let squeeze: StoredArray<Number>
    private let excite: StoredArray<Number>
    private let places: StepPlaces

    init(_ step: Step, _ source: ModelFormat.SqueezeExcite, _ places: StepPlaces, _ tensors: any TensorSource) throws {
        let layer = SqueezeExcite(
            channels: step.inputChannels, hidden: source.hidden, pixels: places.input.shape.pixels)
        func packed(_ role: String, _ linear: Linear) throws -> StoredArray<Number> {
            let weights = try tensors.floats("\(step.name).\(role)")
            return try StoredArray(count: linear.packedCount) { packed in
                withExtendedLifetime(weights) {
                    linear.pack(weights: weights.pointer, bias: nil, into: packed.baseAddress!)
                }
            }
        }
        squeeze = try packed("squeeze", layer.squeeze)
        excite = try packed("excite", layer.excite)
        self.layer = layer
        self.places = places
    }

    var packedBytes: Int { squeeze.byteCount + excite.byteCount }
    var scratchBytes: Int { MemoryLayout<Number>.size * layer.scratchCount }

    func parts(threads: Int) -> Int { 1 }

    func run(_ share: Share) {
        let (source, destination) = (places.source(share), places.destination(share))
        layer.run(
            Number.self,
            PoolingOperands(
                input: source.base, inputPlaneStride: source.stride, output: destination.base,
                outputPlaneStride: destination.stride),
            squeeze: squeeze.pointer, excite: excite.pointer, channels: share.of(layer.channels),
            scratch: share.scratch())
    }
}
