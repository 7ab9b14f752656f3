import Kernels
import ModelFormat

/// A grouped 3×3 convolution of stride 1 and padding 1 by Winograd F(4, 3), split by tiles of outputs, and so by groups
/// where their number allows it.
final class Winograd3x3Operation: PlannedOperation {
    let kernel = "Winograd3x3"
    private let convolution: Winograd3x3
    private let packed: PackedConvolution

    init(
        _ step: Step, _ source: Convolution, input: ArenaLayout.Place, output: ArenaLayout.Place,
        tensors: any TensorSource
    ) throws {
        let convolution = Winograd3x3(
            groups: source.groups, inputs: step.inputChannels / source.groups,
            outputs: source.outputChannels / source.groups, width: input.shape.width, height: input.shape.height,
            rectifiesOutput: source.activation == .relu)
        packed = try PackedConvolution(
            step, source, input: input, output: output, tensors: tensors, count: convolution.packedCount,
            pack: convolution.pack)
        self.convolution = convolution
    }

    var packedBytes: Int { packed.weights.byteCount }
    var scratchFloats: Int { convolution.scratchCount }

    func run(_ share: Share) {
        let (source, destination) = (packed.source(share), packed.destination(share))
        convolution.run(
            Winograd3x3Operands(
                input: source.base, inputPlaneStride: source.stride, weights: packed.weights.pointer,
                output: destination.base, outputPlaneStride: destination.stride),
            tiles: share.of(convolution.tiles), scratch: share.scratch)
    }
}
