import Engine
import Foundations
import ModelFormat

/// A fully connected layer, split by outputs.
///
/// Its outputs are a vector; an input of padded planes is first made dense in each thread's scratch.
final class LinearOperation: PlannedOperation {
    let kernel = "Linear"
    private let layer: Linear
    private let weights: StoredArray<Number>
    private let inputChannels: Int
    private let places: StepPlaces

    init(_ step: Step, _ linear: ModelFormat.Linear, _ places: StepPlaces, _ tensors: any TensorSource) throws {
        let layer = Linear(
            inputs: step.inputChannels * places.input.shape.pixels, outputs: linear.outputs,
            activation: linear.activation)
        weights = try tensors.packed(step, hasBias: true, count: layer.packedCount, pack: layer.pack)
        self.layer = layer
        inputChannels = step.inputChannels
        self.places = places
    }

    var packedBytes: Int { weights.byteCount }
    private var isDense: Bool { places.input.planeStride == places.input.shape.pixels }
    var scratchBytes: Int { isDense ? 0 : MemoryLayout<Number>.size * layer.inputs }

    func parts(threads: Int) -> Int { Share.parts(of: layer.tiles, threads: threads) }

    func run(_ share: Share) {
        let planes = places.source(share)
        var vector = planes.base
        if !isDense {
            let pixels = places.input.shape.pixels
            vector = share.scratch()
            for channel in 0..<inputChannels {
                (vector + channel * pixels).update(from: planes[channel], count: pixels)
            }
        }
        layer.run(
            Number.self, input: vector, weights: weights.pointer, output: places.destination(share).base,
            tiles: share.of(layer.tiles))
    }
}
