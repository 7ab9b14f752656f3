import Engine
import Foundations
import ModelFormat

/// Any convolution, with its pre-activation and channel shuffle, split by rows.
final class Convolution2DOperation: PlannedOperation {
    let kernel = "Convolution2D"
    private let convolution: Convolution2D
    private let weights: StoredArray<Number>
    /// What is gathered and normalised; nil where inputs are taken as they are.
    private let stage: PackedPreActivation?
    /// Where the outputs go; nil where they are in order.
    private let outputPlanes: StoredArray<Int32>?
    private let places: StepPlaces

    init(_ step: Step, _ source: Convolution, _ places: StepPlaces, _ tensors: any TensorSource) throws {
        let preActivation = source.preActivation
        let convolution = Convolution2D(
            groups: source.groups, inputs: preActivation.channels(of: step.inputChannels) / source.groups,
            outputs: source.outputChannels / source.groups, inputWidth: places.input.shape.width,
            inputHeight: places.input.shape.height, kernelWidth: source.kernel, kernelHeight: source.kernel,
            stride: source.stride, padding: source.padding, gathers: preActivation.gather != nil,
            normalizes: preActivation.normalize, preActivation: preActivation.activation,
            activation: source.activation)
        weights = try tensors.packed(
            step, hasBias: source.bias, count: convolution.packedCount, pack: convolution.pack)
        stage = preActivation == PreActivation() ? nil : try PackedPreActivation(step, preActivation, tensors)
        outputPlanes = source.shuffle ? try source.outputPlanes(offset: step.outputOffset) : nil
        self.convolution = convolution
        self.places = places
    }

    var packedBytes: Int { weights.byteCount }
    var scratchBytes: Int { MemoryLayout<Number>.size * convolution.scratchCount }

    /// Each share reads all weights.
    func parts(threads: Int) -> Int { Share.parts(of: convolution.height, threads: threads, each: 2) }

    func run(_ share: Share) {
        let source = places.source(share)
        // The planes of shuffled outputs are counted from the first plane of all.
        let destination: Planes<Number> =
            outputPlanes == nil ? places.destination(share) : places.output.planes(share.arena)
        convolution.run(
            Number.self,
            Convolution2DOperands(
                input: source.base, inputPlaneStride: source.stride, inputPlanes: stage?.planes.pointer,
                normalization: stage?.normalization, weights: weights.pointer, output: destination.base,
                outputPlaneStride: destination.stride, outputPlanes: outputPlanes?.pointer),
            groups: 0..<convolution.groups, rows: share.of(convolution.height), scratch: share.scratch())
    }
}
