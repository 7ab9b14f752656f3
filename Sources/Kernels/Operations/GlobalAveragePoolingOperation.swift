import Engine
import ModelFormat

/// Global average pooling over gathered, normalised channels, split by channels.
final class GlobalAveragePoolingOperation: PlannedOperation {
    let kernel = "GlobalAveragePool"
    private let pool: GlobalAveragePool
    private let stage: PackedPreActivation
    private let places: StepPlaces

    init(_ step: Step, _ source: PreActivation, _ places: StepPlaces, _ tensors: any TensorSource) throws {
        pool = GlobalAveragePool(
            channels: source.channels(of: step.inputChannels), pixels: places.input.shape.pixels,
            preActivation: source.activation)
        stage = try PackedPreActivation(step, source, tensors)
        self.places = places
    }

    func parts(threads: Int) -> Int { Share.parts(of: (pool.channels + 15) / 16, threads: threads) }

    func run(_ share: Share) {
        let (planes, output) = (places.source(share), places.destination(share))
        pool.run(
            Number.self,
            PoolingOperands(
                input: planes.base, inputPlaneStride: planes.stride, inputPlanes: stage.planes.pointer,
                normalization: stage.normalization, output: output.base, outputPlaneStride: output.stride),
            channels: share.of(pool.channels, block: 16))
    }
}
