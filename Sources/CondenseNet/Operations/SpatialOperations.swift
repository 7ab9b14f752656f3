import Kernels
import ModelFormat

/// A grouped 3×3 convolution of stride 1 and padding 1, split by groups; each group's input planes are first given zeros
/// around them in the thread's scratch.
final class Convolution3x3Operation: PlannedOperation {
    let kernel = "Convolution3x3"
    private let convolution: Convolution3x3
    private let padded: PaddedPlanes
    private let weights: Packed<Float>
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let outputOffset: Int

    init(
        _ step: Step, _ source: Convolution, input: ArenaLayout.Place, output: ArenaLayout.Place,
        tensors: any TensorSource
    ) throws {
        let convolution = Convolution3x3(step, source, shape: input.shape)
        weights = try Packed(step, source, tensors, count: convolution.packedCount, pack: convolution.pack)
        padded = PaddedPlanes(width: input.shape.width, rows: input.shape.height)
        self.convolution = convolution
        self.input = input
        self.output = output
        outputOffset = step.outputOffset
    }

    var packedBytes: Int { weights.byteCount }
    var scratchFloats: Int { padded.count(planes: convolution.groups * convolution.inputs) }

    func run(_ share: Share) {
        let groups = share.of(convolution.groups)
        let (planes, destination) = (input.planes(share.arena), output.planes(share.arena))
        let channels = groups.lowerBound * convolution.inputs..<groups.upperBound * convolution.inputs
        padded.copy(
            to: share.scratch, from: planes.base, sourcePlaneStride: planes.stride, planes: channels,
            height: convolution.height)
        convolution.run(
            Convolution3x3Operands(
                input: share.scratch, inputLayout: padded, weights: weights.pointer,
                output: destination[outputOffset], outputPlaneStride: destination.stride),
            groups: groups, rows: 0..<convolution.height)
    }
}

extension Convolution3x3 {
    /// The kernel for a step whose input has `shape`.
    init(_ step: Step, _ convolution: Convolution, shape: PlaneShape) {
        self.init(
            groups: convolution.groups, inputs: step.inputChannels / convolution.groups,
            outputs: convolution.outputChannels / convolution.groups, width: shape.width, height: shape.height,
            rectifiesOutput: convolution.relu)
    }
}

/// A convolution of every plane by itself, split by channels.
final class DepthwiseConvolutionOperation: PlannedOperation {
    let kernel = "DepthwiseConvolution"
    private let convolution: DepthwiseConvolution
    private let weights: Packed<Float>
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let outputOffset: Int

    init(
        _ step: Step, _ source: Convolution, input: ArenaLayout.Place, output: ArenaLayout.Place,
        tensors: any TensorSource
    ) throws {
        let convolution = DepthwiseConvolution(
            channels: source.groups, inputWidth: input.shape.width, inputHeight: input.shape.height,
            kernel: source.kernel, stride: source.stride, padding: source.padding, rectifiesOutput: source.relu)
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
            input: planes.base, inputPlaneStride: planes.stride, weights: weights.pointer,
            output: destination[outputOffset], outputPlaneStride: destination.stride,
            channels: share.of(convolution.channels), scratch: share.scratch)
    }
}

/// Any convolution that takes its input as it is, split by rows.
final class Convolution2DOperation: PlannedOperation {
    let kernel = "Convolution2D"
    private let convolution: Convolution2D
    private let weights: Packed<Float>
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let outputOffset: Int

    init(
        _ step: Step, _ source: Convolution, input: ArenaLayout.Place, output: ArenaLayout.Place,
        tensors: any TensorSource
    ) throws {
        let convolution = Convolution2D(
            groups: source.groups, inputs: step.inputChannels / source.groups,
            outputs: source.outputChannels / source.groups, inputWidth: input.shape.width,
            inputHeight: input.shape.height, kernelWidth: source.kernel, kernelHeight: source.kernel,
            stride: source.stride, padding: source.padding, rectifiesOutput: source.relu)
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
            Convolution2DOperands(
                input: planes.base, inputPlaneStride: planes.stride, weights: weights.pointer,
                output: destination[outputOffset], outputPlaneStride: destination.stride),
            groups: 0..<convolution.groups, rows: share.of(convolution.height), scratch: share.scratch)
    }
}
