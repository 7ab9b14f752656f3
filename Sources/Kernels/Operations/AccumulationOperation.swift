import Engine
import Foundations
import ModelFormat

/// A grouped 1×1 convolution whose results are added to planes that exist, split by rows: groups may share planes.
final class AccumulationOperation: PlannedOperation {
    let kernel = "PointwiseConvolution"
    private let packed: PackedPointwise
    private let places: StepPlaces

    init(_ step: Step, _ accumulation: Accumulation, _ places: StepPlaces, _ tensors: any TensorSource) throws {
        packed = try PackedPointwise(
            step, accumulation.convolution, shape: places.input.shape, tensors,
            destinations: try tensors.indices("\(step.name).destinations"))
        self.places = places
    }

    var packedBytes: Int { packed.weights.byteCount }
    var scratchBytes: Int { MemoryLayout<Number>.size * packed.convolution.scratchCount }

    func parts(threads: Int) -> Int { Share.parts(of: packed.convolution.height, threads: threads) }

    func run(_ share: Share) {
        let destination = places.destination(share)
        let convolution = packed.convolution
        convolution.run(
            packed.operands(
                input: places.source(share), output: destination.base,
                layout: .planes(planeStride: destination.stride)),
            groups: 0..<convolution.groups, rows: share.of(convolution.height), scratch: share.scratch())
    }
}

/// The same by the plain reference kernel, as one share.
final class ReferenceAccumulationOperation: PlannedOperation {
    let kernel = "convolutionReference"
    private let geometry: ConvolutionGeometry
    private let preActivation: Activation
    private let places: StepPlaces
    private let stage: PackedPreActivation
    private let destinations: StoredArray<Int32>
    private let weights: StoredArray<Float>

    init(_ step: Step, _ accumulation: Accumulation, _ places: StepPlaces, _ tensors: any TensorSource) throws {
        geometry = ConvolutionGeometry(
            inputChannels: accumulation.preActivation.channels(of: step.inputChannels),
            outputChannels: accumulation.outputChannels, groups: accumulation.groups, kernel: 1, stride: 1, padding: 0,
            inputHeight: places.input.shape.height, inputWidth: places.input.shape.width)
        preActivation = accumulation.preActivation.activation
        self.places = places
        stage = try PackedPreActivation(step, accumulation.preActivation, tensors)
        destinations = try tensors.indices("\(step.name).destinations")
        weights = try tensors.floats("\(step.name).weight")
    }

    var packedBytes: Int { weights.byteCount }

    func parts(threads: Int) -> Int { 1 }

    func run(_ share: Share) {
        convolutionReference(
            geometry, input: places.source(share), inputPlanes: stage.planes.pointer,
            normalization: stage.floats, preActivation: preActivation, weights: weights.pointer, bias: nil,
            activation: .none, output: places.destination(share), outputPlanes: destinations.pointer,
            accumulates: true, outputRange: 0..<geometry.outputChannels)
    }
}

extension Accumulation {
    /// The convolution whose results are added.
    fileprivate var convolution: Convolution {
        Convolution(preActivation: preActivation, outputChannels: outputChannels, kernel: 1, groups: groups)
    }
}
