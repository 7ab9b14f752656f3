import Engine
import Foundations
import ModelFormat

/// A dense layer's two convolutions as one: each thread takes a band of rows and keeps its middle planes in its own
/// scratch.
final class DenseLayerOperation: PlannedOperation {
    let kernel = "DenseLayer"
    private let layer: DenseLayer
    private let pointwise: PackedPointwise
    private let spatialWeights: StoredArray<Number>
    private let places: StepPlaces

    /// - Precondition: both steps are convolutions.
    init(_ pointwise: Step, _ spatial: Step, _ places: StepPlaces, _ tensors: any TensorSource) throws {
        guard case let first as Convolution = pointwise.operation, case let second as Convolution = spatial.operation
        else { preconditionFailure("a dense layer is two convolutions") }
        let packed = try PackedPointwise(pointwise, first, shape: places.input.shape, tensors)
        let convolution = Convolution3x3(spatial, second, shape: places.input.shape)
        layer = DenseLayer(pointwise: packed.convolution, spatial: convolution)
        spatialWeights = try tensors.packed(
            spatial, hasBias: second.bias, count: convolution.packedCount, pack: convolution.pack)
        self.pointwise = packed
        self.places = places
    }

    var packedBytes: Int { pointwise.weights.byteCount + spatialWeights.byteCount }
    var scratchBytes: Int { MemoryLayout<Number>.size * layer.scratchCount }

    /// Bands of many rows: each share computes the middle rows above and below its own anew.
    func parts(threads: Int) -> Int {
        let rows = layer.spatial.height
        return Share.parts(of: max(min(rows, threads), rows / KernelTable.sharedRows), threads: threads)
    }

    func run(_ share: Share) {
        let destination = places.destination(share)
        let operands = pointwise.operands(
            input: places.source(share), output: share.scratch(), layout: .padded(layer.middle, firstRow: 0))
        layer.run(
            DenseLayerOperands(
                input: operands.input, inputPlaneStride: operands.inputPlaneStride,
                inputs: operands.inputs, pointwiseWeights: operands.weights, middlePlanes: operands.outputPlanes,
                spatialWeights: spatialWeights.pointer, output: destination.base,
                outputPlaneStride: destination.stride),
            rows: share.of(layer.spatial.height), scratch: share.scratch())
    }
}
