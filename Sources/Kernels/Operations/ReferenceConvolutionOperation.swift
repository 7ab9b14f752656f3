import Engine
import Foundations
import ModelFormat

/// Any convolution at all, by the plain reference kernel, split by output channels.
final class ReferenceConvolutionOperation: PlannedOperation {
    let kernel = "convolutionReference"
    private let geometry: ConvolutionGeometry
    private let preActivation: Activation
    private let activation: Activation
    private let places: StepPlaces
    private let stage: PackedPreActivation
    private let outputPlanes: StoredArray<Int32>
    private let weights: StoredArray<Float>
    private let bias: StoredArray<Float>?

    init(_ step: Step, _ convolution: Convolution, _ places: StepPlaces, _ tensors: any TensorSource) throws {
        geometry = ConvolutionGeometry(
            inputChannels: convolution.preActivation.channels(of: step.inputChannels),
            outputChannels: convolution.outputChannels, groups: convolution.groups, kernel: convolution.kernel,
            stride: convolution.stride, padding: convolution.padding, inputHeight: places.input.shape.height,
            inputWidth: places.input.shape.width)
        preActivation = convolution.preActivation.activation
        activation = convolution.activation
        self.places = places
        stage = try PackedPreActivation(step, convolution.preActivation, tensors)
        outputPlanes = try convolution.outputPlanes(offset: step.outputOffset)
        weights = try tensors.floats("\(step.name).weight")
        bias = convolution.bias ? try tensors.floats("\(step.name).bias") : nil
    }

    var packedBytes: Int { weights.byteCount }

    func parts(threads: Int) -> Int { Share.parts(of: geometry.outputChannels, threads: threads) }

    func run(_ share: Share) {
        convolutionReference(
            geometry, input: places.source(share), inputPlanes: stage.planes.pointer,
            normalization: stage.floats, preActivation: preActivation, weights: weights.pointer,
            bias: bias?.pointer, activation: activation, output: places.output.planes(share.arena),
            outputPlanes: outputPlanes.pointer, outputRange: share.of(geometry.outputChannels))
    }
}
