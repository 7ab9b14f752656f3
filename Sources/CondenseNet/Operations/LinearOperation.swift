import Kernels
import ModelFormat

/// A fully connected layer, split by outputs.
///
/// Its outputs are a vector; an input of padded planes is first made dense in each thread's scratch.
final class LinearOperation: PlannedOperation {
    let kernel = "Linear"
    private let layer: Kernels.Linear
    private let weights: StoredArray<Float>
    private let inputChannels: Int
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let outputOffset: Int

    init(
        _ step: Step, _ linear: ModelFormat.Linear, input: ArenaLayout.Place, output: ArenaLayout.Place,
        tensors: any TensorSource
    ) throws {
        let layer = Kernels.Linear(
            inputs: step.inputChannels * input.shape.pixels, outputs: linear.outputs,
            rectifiesOutput: linear.activation == .relu)
        weights = try tensors.packed(step, hasBias: true, count: layer.packedCount, pack: layer.pack)
        self.layer = layer
        inputChannels = step.inputChannels
        self.input = input
        self.output = output
        outputOffset = step.outputOffset
    }

    var packedBytes: Int { weights.byteCount }
    private var isDense: Bool { input.planeStride == input.shape.pixels }
    var scratchFloats: Int { isDense ? 0 : layer.inputs }

    func run(_ share: Share) {
        let planes = input.planes(share.arena)
        var vector = planes.base
        if !isDense {
            let pixels = input.shape.pixels
            for channel in 0..<inputChannels {
                (share.scratch + channel * pixels).update(from: planes[channel], count: pixels)
            }
            vector = share.scratch
        }
        layer.run(
            input: vector, weights: weights.pointer, output: output.planes(share.arena)[outputOffset],
            tiles: share.of(layer.tiles))
    }
}
