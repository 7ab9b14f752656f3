import Kernels
import ModelFormat

/// Any convolution, by the plain reference kernel.
final class ReferenceConvolutionOperation: PlannedOperation {
    let kernel = "convolutionReference"
    private let geometry: ConvolutionGeometry
    private let relu: Bool
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let inputPlanes: Packed<Int32>
    private let outputPlanes: Packed<Int32>
    private let weights: Packed<Float>
    private let bias: Packed<Float>?
    private let scale: Packed<Float>?
    private let shift: Packed<Float>?

    init(
        geometry: ConvolutionGeometry, convolution: Convolution, input: ArenaLayout.Place, output: ArenaLayout.Place,
        inputPlanes: [Int32], outputPlanes: [Int32], step: Step, tensors: any TensorSource
    ) throws {
        self.geometry = geometry
        relu = convolution.relu
        self.input = input
        self.output = output
        self.inputPlanes = try Packed(inputPlanes)
        self.outputPlanes = try Packed(outputPlanes)
        weights = try Packed(tensors.floats("\(step.name).weight"))
        bias = convolution.bias ? try Packed(tensors.floats("\(step.name).bias")) : nil
        scale = convolution.inputStage.normalize ? try Packed(tensors.floats("\(step.name).scale")) : nil
        shift = convolution.inputStage.normalize ? try Packed(tensors.floats("\(step.name).shift")) : nil
    }

    var packedBytes: Int { weights.byteCount }

    func run(_ share: Share) {
        convolutionReference(
            geometry, input: input.planes(share.arena), inputPlanes: inputPlanes.pointer, scale: scale?.pointer,
            shift: shift?.pointer, weights: weights.pointer, bias: bias?.pointer, relu: relu,
            output: output.planes(share.arena), outputPlanes: outputPlanes.pointer,
            outputRange: share.of(geometry.outputChannels))
    }
}
