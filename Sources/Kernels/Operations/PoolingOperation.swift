import Engine
import ModelFormat

/// Maximum or average pooling, the latter over gathered, normalised channels, split by channels.
final class PoolingOperation: PlannedOperation {
    /// A kernel with its shape.
    private enum Kernel {
        case maximum(MaxPool)
        case average2x2(AveragePool2x2)
        case average(AveragePool)
    }

    private let pool: Kernel
    private let stage: PackedPreActivation
    private let channels: Int
    private let places: StepPlaces

    init(_ step: Step, _ pooling: Pooling, _ places: StepPlaces, _ tensors: any TensorSource) throws {
        let (height, width) = (places.input.shape.height, places.input.shape.width)
        switch pooling.kind {
        case .maximum:
            pool = .maximum(
                MaxPool(
                    inputWidth: width, inputHeight: height, window: pooling.kernel, stride: pooling.stride,
                    padding: pooling.padding))
        case .average where pooling.kernel == 2 && pooling.stride == 2 && pooling.preActivation == PreActivation():
            pool = .average2x2(AveragePool2x2(inputWidth: width, inputHeight: height))
        case .average:
            pool = .average(
                AveragePool(
                    inputWidth: width, inputHeight: height, window: pooling.kernel, stride: pooling.stride,
                    preActivation: pooling.preActivation.activation))
        }
        stage = try PackedPreActivation(step, pooling.preActivation, tensors)
        channels = pooling.preActivation.channels(of: step.inputChannels)
        self.places = places
    }

    var kernel: String {
        switch pool {
        case .maximum: "MaxPool"
        case .average2x2: "AveragePool2x2"
        case .average: "AveragePool"
        }
    }

    var scratchBytes: Int {
        guard case .average(let pool) = pool else { return 0 }
        return MemoryLayout<Number>.size * pool.scratchCount
    }

    func parts(threads: Int) -> Int { Share.parts(of: channels, threads: threads) }

    func run(_ share: Share) {
        let (source, destination) = (places.source(share), places.destination(share))
        switch pool {
        case .maximum(let pool):
            pool.run(
                Number.self, input: source.base, inputPlaneStride: source.stride, output: destination.base,
                outputPlaneStride: destination.stride, planes: share.of(channels))
        case .average2x2(let pool):
            pool.run(
                Number.self, input: source.base, inputPlaneStride: source.stride, output: destination.base,
                outputPlaneStride: destination.stride, planes: share.of(channels))
        case .average(let pool):
            pool.run(
                Number.self,
                PoolingOperands(
                    input: source.base, inputPlaneStride: source.stride, inputPlanes: stage.planes.pointer,
                    normalization: stage.normalization, output: destination.base,
                    outputPlaneStride: destination.stride),
                channels: share.of(channels), scratch: share.scratch())
        }
    }
}
