import Kernels
import ModelFormat

/// A grouped 1×1 convolution of stride 1, split by rows; where an image is small and its weights many, by groups.
final class PointwiseOperation: PlannedOperation {
    let kernel = "PointwiseConvolution"
    private let packed: PackedPointwise
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place

    init(
        _ step: Step, _ convolution: Convolution, input: ArenaLayout.Place, output: ArenaLayout.Place,
        tensors: any TensorSource
    ) throws {
        packed = try PackedPointwise(step, convolution, shape: input.shape, tensors)
        self.input = input
        self.output = output
    }

    var packedBytes: Int { packed.weights.byteCount }
    var scratchFloats: Int { packed.convolution.scratchCount }

    func run(_ share: Share) {
        let destination = output.planes(share.arena)
        let convolution = packed.convolution
        let byGroups = KernelChoice.splitsGroups(height: convolution.height) && convolution.groups % share.parts == 0
        convolution.run(
            packed.operands(
                input: input.planes(share.arena), output: destination.base,
                layout: .planes(planeStride: destination.stride)),
            groups: byGroups ? share.of(convolution.groups) : 0..<convolution.groups,
            rows: byGroups ? 0..<convolution.height : share.of(convolution.height), scratch: share.scratch)
    }
}

/// A grouped 1×1 convolution with its packed weights and planes.
struct PackedPointwise: Sendable {
    let convolution: PointwiseConvolution
    let weights: Packed<Float>
    private let stage: PackedInputStage
    private let outputPlanes: Packed<Int32>

    init(_ step: Step, _ source: Convolution, shape: PlaneShape, _ tensors: any TensorSource) throws {
        let channels = source.inputStage.channels(of: step.inputChannels)
        let convolution = PointwiseConvolution(
            groups: source.groups, inputs: channels / source.groups, outputs: source.outputChannels / source.groups,
            width: shape.width, height: shape.height, rectifiesOutput: source.relu)
        weights = try Packed(step, source, tensors, count: convolution.packedCount, pack: convolution.pack)
        stage = try PackedInputStage(step, source.inputStage, tensors)
        outputPlanes = try Packed(source.outputPlanes(offset: step.outputOffset))
        self.convolution = convolution
    }

    func operands(
        input: Planes, output: UnsafeMutablePointer<Float>, layout: PointwiseOperands.OutputLayout
    ) -> PointwiseOperands {
        PointwiseOperands(
            input: input.base, inputPlaneStride: input.stride, inputPlanes: stage.planes.pointer,
            activation: stage.activation, weights: weights.pointer, output: output, outputLayout: layout,
            outputPlanes: outputPlanes.pointer)
    }
}

extension Packed<Float> {
    /// The weights of a convolution, and its bias where it has one, packed by a kernel.
    convenience init(
        _ step: Step, _ convolution: Convolution, _ tensors: any TensorSource, count: Int,
        pack: (UnsafePointer<Float>, UnsafePointer<Float>?, UnsafeMutablePointer<Float>) -> Void
    ) throws {
        let weights = tensors.floats("\(step.name).weight")
        let bias = convolution.bias ? tensors.floats("\(step.name).bias") : nil
        try self.init(count: count) { pack(weights, bias, $0) }
    }
}

extension Convolution {
    /// The output plane of each output channel: the channel shuffle is nothing but where a channel is written.
    func outputPlanes(offset: Int) -> [Int32] {
        let perGroup = outputChannels / groups
        return (0..<outputChannels).map { channel in
            Int32(offset + (shuffle ? channel % perGroup * groups + channel / perGroup : channel))
        }
    }
}
