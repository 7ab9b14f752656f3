import Kernels
import ModelFormat

/// A grouped 3×3 convolution of stride 1 and padding 1, split by groups; each group's input planes are first given zeros
/// around them in the thread's scratch.
final class Convolution3x3Operation: PlannedOperation {
    let kernel = "Convolution3x3"
    private let convolution: Convolution3x3
    private let padded: PaddedPlanes
    private let packed: PackedConvolution

    init(
        _ step: Step, _ source: Convolution, input: ArenaLayout.Place, output: ArenaLayout.Place,
        tensors: any TensorSource
    ) throws {
        let convolution = Convolution3x3(step, source, shape: input.shape)
        packed = try PackedConvolution(
            step, source, input: input, output: output, tensors: tensors, count: convolution.packedCount,
            pack: convolution.pack)
        padded = PaddedPlanes(width: input.shape.width, rows: input.shape.height)
        self.convolution = convolution
    }

    var packedBytes: Int { packed.weights.byteCount }
    var scratchFloats: Int { padded.count(planes: convolution.groups * convolution.inputs) }

    func run(_ share: Share) {
        let groups = share.of(convolution.groups)
        let (source, destination) = (packed.source(share), packed.destination(share))
        let channels = groups.lowerBound * convolution.inputs..<groups.upperBound * convolution.inputs
        padded.copy(
            to: share.scratch, from: source.base, sourcePlaneStride: source.stride, planes: channels,
            height: convolution.height)
        convolution.run(
            Convolution3x3Operands(
                input: share.scratch, inputLayout: padded, weights: packed.weights.pointer,
                output: destination.base, outputPlaneStride: destination.stride),
            groups: groups, rows: 0..<convolution.height)
    }
}

extension Convolution3x3 {
    /// The kernel for a step whose input has `shape`.
    init(_ step: Step, _ convolution: Convolution, shape: PlaneShape) {
        self.init(
            groups: convolution.groups, inputs: step.inputChannels / convolution.groups,
            outputs: convolution.outputChannels / convolution.groups, width: shape.width, height: shape.height,
            rectifiesOutput: convolution.activation == .relu)
    }
}

/// A convolution of every plane by itself, split by channels.
final class DepthwiseConvolutionOperation: PlannedOperation {
    let kernel = "DepthwiseConvolution"
    private let convolution: DepthwiseConvolution
    private let packed: PackedConvolution

    init(
        _ step: Step, _ source: Convolution, input: ArenaLayout.Place, output: ArenaLayout.Place,
        tensors: any TensorSource
    ) throws {
        let convolution = DepthwiseConvolution(
            channels: source.groups, inputWidth: input.shape.width, inputHeight: input.shape.height,
            kernel: source.kernel, stride: source.stride, padding: source.padding,
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
            input: source.base, inputPlaneStride: source.stride, weights: packed.weights.pointer,
            output: destination.base, outputPlaneStride: destination.stride,
            channels: share.of(convolution.channels), scratch: share.scratch)
    }
}

/// Any convolution that takes its input as it is, split by rows.
final class Convolution2DOperation: PlannedOperation {
    let kernel = "Convolution2D"
    private let convolution: Convolution2D
    private let packed: PackedConvolution

    init(
        _ step: Step, _ source: Convolution, input: ArenaLayout.Place, output: ArenaLayout.Place,
        tensors: any TensorSource
    ) throws {
        let convolution = Convolution2D(
            groups: source.groups, inputs: step.inputChannels / source.groups,
            outputs: source.outputChannels / source.groups, inputWidth: input.shape.width,
            inputHeight: input.shape.height, kernelWidth: source.kernel, kernelHeight: source.kernel,
            stride: source.stride, padding: source.padding, rectifiesOutput: source.activation == .relu)
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
            Convolution2DOperands(
                input: source.base, inputPlaneStride: source.stride, weights: packed.weights.pointer,
                output: destination.base, outputPlaneStride: destination.stride),
            groups: 0..<convolution.groups, rows: share.of(convolution.height), scratch: share.scratch)
    }
}
