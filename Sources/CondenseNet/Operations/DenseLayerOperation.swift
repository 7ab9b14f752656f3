import Kernels
import ModelFormat

/// A dense layer's two convolutions as one.
///
/// Alone, or where planes are large, each thread takes a band of rows and keeps its middle planes in its own scratch. Where
/// planes are small, bands would compute too many middle rows twice: there the threads share the middle planes, and split
/// first the 1×1 and then the 3×3 convolution by groups, so that each weight is read by one core.
final class DenseLayerOperation: PlannedOperation {
    private let layer: DenseLayer
    private let pointwise: PackedPointwise
    private let spatialWeights: Packed<Float>
    private let whole: PaddedPlanes
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let outputOffset: Int

    /// Rows of an image, up to which the threads share the middle planes.
    private static let sharedRows = 28

    init(
        _ pointwise: (step: Step, convolution: Convolution), _ spatial: (step: Step, convolution: Convolution),
        input: ArenaLayout.Place, output: ArenaLayout.Place, tensors: any TensorSource
    ) throws {
        let packed = try PackedPointwise(pointwise.step, pointwise.convolution, shape: input.shape, tensors)
        let convolution = Convolution3x3(spatial.step, spatial.convolution, shape: input.shape)
        layer = DenseLayer(pointwise: packed.convolution, spatial: convolution)
        spatialWeights = try Packed(
            spatial.step, spatial.convolution, tensors, count: convolution.packedCount, pack: convolution.pack)
        whole = PaddedPlanes(width: convolution.width, rows: convolution.height)
        self.pointwise = packed
        self.input = input
        self.output = output
        outputOffset = spatial.step.outputOffset
    }

    let kernel = "DenseLayer"
    var packedBytes: Int { pointwise.weights.byteCount + spatialWeights.byteCount }
    var scratchFloats: Int { layer.scratchCount }
    private var sharesMiddle: Bool { layer.spatial.height <= Self.sharedRows }
    private var middlePlanes: Int { layer.spatial.groups * layer.spatial.inputs }
    var sharedFloats: Int { sharesMiddle ? whole.count(planes: middlePlanes) : 0 }
    var phases: Int { sharesMiddle ? 2 : 1 }

    func run(_ share: Share) {
        if share.parts == 1 || !sharesMiddle {
            if share.phase == 0 { runBand(share) }
        } else if share.phase == 0 {
            runPointwise(share)
        } else {
            runSpatial(share)
        }
    }

    private func runBand(_ share: Share) {
        let (planes, destination) = (input.planes(share.arena), output.planes(share.arena))
        let operands = pointwise.operands(
            input: planes, output: share.scratch, layout: .padded(layer.middle, firstRow: 0))
        layer.run(
            DenseLayerOperands(
                input: operands.input, inputPlaneStride: operands.inputPlaneStride,
                inputPlanes: operands.inputPlanes, activation: operands.activation,
                pointwiseWeights: operands.weights, middlePlanes: operands.outputPlanes,
                spatialWeights: spatialWeights.pointer, output: destination[outputOffset],
                outputPlaneStride: destination.stride),
            rows: share.of(layer.spatial.height), scratch: share.scratch)
    }

    private func runPointwise(_ share: Share) {
        let convolution = layer.pointwise
        convolution.run(
            pointwise.operands(
                input: input.planes(share.arena), output: share.shared, layout: .padded(whole, firstRow: 0)),
            groups: share.of(convolution.groups), rows: 0..<convolution.height, scratch: share.scratch)
    }

    private func runSpatial(_ share: Share) {
        let convolution = layer.spatial
        let groups = share.of(convolution.groups)
        let destination = output.planes(share.arena)
        let first = groups.lowerBound * convolution.inputs * whole.planeStride
        let count = groups.count * convolution.inputs
        whole.clearGaps(share.shared + first, planes: count, rows: -1..<whole.rows + 1)
        whole.clearRow(share.shared + first, planes: count, row: -1)
        whole.clearRow(share.shared + first, planes: count, row: whole.rows)
        convolution.run(
            Convolution3x3Operands(
                input: share.shared, inputLayout: whole, weights: spatialWeights.pointer,
                output: destination[outputOffset], outputPlaneStride: destination.stride),
            groups: groups, rows: 0..<convolution.height)
    }
}
