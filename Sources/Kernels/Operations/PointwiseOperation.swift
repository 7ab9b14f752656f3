import Engine
import Foundations
import ModelFormat

/// A grouped 1×1 convolution of stride 1, split by rows; where an image is small and its weights many, by groups.
final class PointwiseOperation: PlannedOperation {
    let kernel = "PointwiseConvolution"
    private let packed: PackedPointwise
    private let places: StepPlaces

    init(_ step: Step, _ convolution: Convolution, _ places: StepPlaces, _ tensors: any TensorSource) throws {
        packed = try PackedPointwise(step, convolution, shape: places.input.shape, tensors)
        self.places = places
    }

    var packedBytes: Int { packed.weights.byteCount }
    var scratchBytes: Int { MemoryLayout<Number>.size * packed.convolution.scratchCount }

    func parts(threads: Int) -> Int {
        let convolution = packed.convolution
        return KernelTable.splitsGroups(height: convolution.height) && convolution.groups % threads == 0
            ? Share.parts(of: convolution.groups, threads: threads, each: convolution.groups)
            : Share.parts(of: convolution.height, threads: threads)
    }

    func run(_ share: Share) {
        // Where a group's outputs go is among the packed numbers, the first plane of all included.
        let destination: Planes<Number> = places.output.planes(share.arena)
        let convolution = packed.convolution
        let byGroups = KernelTable.splitsGroups(height: convolution.height) && convolution.groups % share.parts == 0
        convolution.run(
            packed.operands(
                input: places.source(share), output: destination.base,
                layout: .planes(planeStride: destination.stride)),
            groups: byGroups ? share.of(convolution.groups) : 0..<convolution.groups,
            rows: byGroups ? 0..<convolution.height : share.of(convolution.height), scratch: share.scratch())
    }
}

/// A grouped 1×1 convolution with its packed weights, inputs and output planes.
struct PackedPointwise: Sendable {
    let convolution: PointwiseConvolution
    let weights: StoredArray<Number>
    private let inputs: StoredArray<GatheredInput<Number>>
    private let rising: StoredArray<Int32>
    /// Of each input, where the pre-activation is computed.
    private let normalization: StoredNormalization?
    private let outputPlanes: StoredArray<Int32>

    /// - Parameter destinations: the planes that results are added to; `nil` where they are written to planes of their own.
    init(
        _ step: Step, _ source: Convolution, shape: PlaneShape, _ tensors: any TensorSource,
        destinations: StoredArray<Int32>? = nil
    ) throws {
        let channels = source.preActivation.channels(of: step.inputChannels)
        let convolution = PointwiseConvolution(
            groups: source.groups, inputs: channels / source.groups, outputs: source.outputChannels / source.groups,
            width: shape.width, height: shape.height, preActivation: source.preActivation.activation,
            activation: source.activation, accumulates: destinations != nil)
        let stage = try PackedPreActivation(step, source.preActivation, tensors)
        weights = try tensors.packed(step, hasBias: source.bias, count: convolution.packedCount) {
            convolution.pack(weights: $0, bias: $1, normalization: stage.floats, into: $2)
        }
        inputs = try StoredArray(count: channels) {
            convolution.gather(planes: stage.planes.pointer, normalization: stage.floats, into: $0.baseAddress!)
        }
        rising = try StoredArray(count: source.groups) {
            convolution.countRising(normalization: stage.floats, into: $0.baseAddress!)
        }
        if convolution.computesInputs {
            let given = stage.normalization
            normalization = StoredNormalization(
                scale: try StoredArray(count: channels) { scale in
                    for channel in scale.indices { scale[channel] = given?.scale[channel] ?? 1 }
                },
                shift: try StoredArray(count: channels) { shift in
                    for channel in shift.indices { shift[channel] = given?.shift[channel] ?? 0 }
                })
        } else {
            normalization = nil
        }
        withExtendedLifetime(stage) {}
        outputPlanes = try destinations ?? source.outputPlanes(offset: step.outputOffset)
        self.convolution = convolution
    }

    func operands(
        input: Planes<Number>, output: UnsafeMutablePointer<Number>, layout: PointwiseOutputLayout
    ) -> PointwiseOperands<Number> {
        PointwiseOperands(
            input: input.base, inputPlaneStride: input.stride,
            inputs: GatheredInputs(
                inputs: inputs.pointer, rising: rising.pointer, normalization: normalization?.pointers),
            weights: weights.pointer, output: output, outputLayout: layout, outputPlanes: outputPlanes.pointer)
    }
}

extension Convolution {
    /// The output plane of each output channel: the channel shuffle is nothing but where a channel is written.
    ///
    /// - Throws: `MemoryError`.
    func outputPlanes(offset: Int) throws -> StoredArray<Int32> {
        try StoredArray(count: outputChannels) { planes in
            for output in planes.indices { planes[output] = Int32(offset + channel(of: output)) }
        }
    }
}
