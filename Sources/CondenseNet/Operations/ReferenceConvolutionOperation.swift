import Kernels
import ModelFormat

/// Any convolution at all, by the plain reference kernel, split by output channels.
final class ReferenceConvolutionOperation: PlannedOperation {
    let kernel = "convolutionReference"
    private let geometry: ConvolutionGeometry
    private let relu: Bool
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let stage: PackedPreActivation
    private let outputPlanes: StoredArray<Int32>
    private let weights: StoredArray<Float>
    private let bias: StoredArray<Float>?

    init(
        _ step: Step, _ convolution: Convolution, input: ArenaLayout.Place, output: ArenaLayout.Place,
        tensors: any TensorSource
    ) throws {
        geometry = ConvolutionGeometry(
            inputChannels: convolution.preActivation.channels(of: step.inputChannels),
            outputChannels: convolution.outputChannels, groups: convolution.groups, kernel: convolution.kernel,
            stride: convolution.stride, padding: convolution.padding, inputHeight: input.shape.height,
            inputWidth: input.shape.width)
        relu = convolution.activation == .relu
        self.input = input
        self.output = output
        stage = try PackedPreActivation(step, convolution.preActivation, tensors)
        outputPlanes = try convolution.outputPlanes(offset: step.outputOffset)
        weights = try tensors.floats("\(step.name).weight")
        bias = convolution.bias ? try tensors.floats("\(step.name).bias") : nil
    }

    var packedBytes: Int { weights.byteCount }

    func run(_ share: Share) {
        convolutionReference(
            geometry, input: input.planes(share.arena), inputPlanes: stage.planes.pointer,
            scale: stage.activation?.scale, shift: stage.activation?.shift, weights: weights.pointer,
            bias: bias?.pointer, relu: relu, output: output.planes(share.arena), outputPlanes: outputPlanes.pointer,
            outputRange: share.of(geometry.outputChannels))
    }
}
