import Kernels
import ModelFormat

/// A dense layer's two convolutions as one: each thread takes a band of rows and keeps its middle planes in its own
/// scratch.
final class DenseLayerOperation: PlannedOperation {
    let kernel = "DenseLayer"
    private let layer: DenseLayer
    private let pointwise: PackedPointwise
    private let spatialWeights: StoredArray<Float>
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let outputOffset: Int

    init(
        _ pointwise: (step: Step, convolution: Convolution), _ spatial: (step: Step, convolution: Convolution),
        input: ArenaLayout.Place, output: ArenaLayout.Place, tensors: any TensorSource
    ) throws {
        let packed = try PackedPointwise(pointwise.step, pointwise.convolution, shape: input.shape, tensors)
        let convolution = Convolution3x3(spatial.step, spatial.convolution, shape: input.shape)
        layer = DenseLayer(pointwise: packed.convolution, spatial: convolution)
        spatialWeights = try tensors.packed(
            spatial.step, hasBias: spatial.convolution.bias, count: convolution.packedCount, pack: convolution.pack)
        self.pointwise = packed
        self.input = input
        self.output = output
        outputOffset = spatial.step.outputOffset
    }

    var packedBytes: Int { pointwise.weights.byteCount + spatialWeights.byteCount }
    var scratchFloats: Int { layer.scratchCount }

    func run(_ share: Share) {
        let (planes, destination) = (input.planes(share.arena), output.planes(share.arena))
        let operands = pointwise.operands(
            input: planes, output: share.scratch, layout: .padded(layer.middle, firstRow: 0))
        layer.run(
            DenseLayerOperands(
                input: operands.input, inputPlaneStride: operands.inputPlaneStride,
                inputs: operands.inputs, pointwiseWeights: operands.weights, middlePlanes: operands.outputPlanes,
                spatialWeights: spatialWeights.pointer, output: destination[outputOffset],
                outputPlaneStride: destination.stride),
            rows: share.of(layer.spatial.height), scratch: share.scratch)
    }
}
