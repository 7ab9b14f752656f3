import Kernels
import ModelFormat

/// A grouped 3×3 convolution of stride 1 and padding 1 by minimal filtering, split by tiles of outputs, and so by groups
/// where their number allows it.
final class Winograd3x3Operation: PlannedOperation {
    let kernel = "Winograd3x3"
    private let convolution: Winograd3x3
    private let weights: Packed<Float>
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let outputOffset: Int

    init(
        _ step: Step, _ source: Convolution, input: ArenaLayout.Place, output: ArenaLayout.Place,
        tensors: any TensorSource
    ) throws {
        let convolution = Winograd3x3(
            groups: source.groups, inputs: step.inputChannels / source.groups,
            outputs: source.outputChannels / source.groups, width: input.shape.width, height: input.shape.height,
            rectifiesOutput: source.relu)
        weights = try Packed(step, source, tensors, count: convolution.packedCount, pack: convolution.pack)
        self.convolution = convolution
        self.input = input
        self.output = output
        outputOffset = step.outputOffset
    }

    var packedBytes: Int { weights.byteCount }
    var scratchFloats: Int { convolution.scratchCount }

    func run(_ share: Share) {
        let (planes, destination) = (input.planes(share.arena), output.planes(share.arena))
        convolution.run(
            Winograd3x3Operands(
                input: planes.base, inputPlaneStride: planes.stride, weights: weights.pointer,
                output: destination[outputOffset], outputPlaneStride: destination.stride),
            tiles: share.of(convolution.tiles), scratch: share.scratch)
    }
}
