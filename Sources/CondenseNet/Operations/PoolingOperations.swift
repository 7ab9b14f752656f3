import Kernels
import ModelFormat

/// Maximum or average pooling, split by channels.
final class PoolingOperation: PlannedOperation {
    private let pooling: Pooling
    private let channels: Int
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let outputOffset: Int

    init(_ step: Step, _ pooling: Pooling, input: ArenaLayout.Place, output: ArenaLayout.Place) {
        self.pooling = pooling
        channels = step.inputChannels
        self.input = input
        self.output = output
        outputOffset = step.outputOffset
    }

    private var isAverage2x2: Bool { pooling.kind == .average && pooling.kernel == 2 && pooling.stride == 2 }

    var kernel: String {
        pooling.kind == .maximum ? "MaxPool" : isAverage2x2 ? "AveragePool2x2" : "averagePoolReference"
    }

    func run(_ share: Share) {
        let (sources, destinations) = (input.planes(share.arena), output.planes(share.arena))
        let (height, width) = (input.shape.height, input.shape.width)
        let planes = share.of(channels)
        if isAverage2x2 {
            AveragePool2x2(inputWidth: width, inputHeight: height).run(
                input: sources.base, inputPlaneStride: sources.stride, output: destinations[outputOffset],
                outputPlaneStride: destinations.stride, planes: planes)
        } else if pooling.kind == .maximum {
            MaxPool(
                inputWidth: width, inputHeight: height, window: pooling.kernel, stride: pooling.stride,
                padding: pooling.padding
            ).run(
                input: sources.base, inputPlaneStride: sources.stride, output: destinations[outputOffset],
                outputPlaneStride: destinations.stride, planes: planes)
        } else {
            for plane in planes {
                averagePoolReference(
                    window: pooling.kernel, stride: pooling.stride, inputWidth: width, inputHeight: height,
                    input: sources[plane], output: destinations[outputOffset + plane])
            }
        }
    }
}

/// Global average pooling over gathered, normalised channels, split by channels.
final class GlobalAveragePoolingOperation: PlannedOperation {
    let kernel = "GlobalAveragePool"
    private let pool: GlobalAveragePool
    private let stage: PackedPreActivation
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let outputOffset: Int

    init(
        _ step: Step, _ stage: PreActivation, input: ArenaLayout.Place, output: ArenaLayout.Place,
        tensors: any TensorSource
    ) throws {
        pool = GlobalAveragePool(channels: stage.channels(of: step.inputChannels), pixels: input.shape.pixels)
        self.stage = try PackedPreActivation(step, stage, tensors)
        self.input = input
        self.output = output
        outputOffset = step.outputOffset
    }

    func run(_ share: Share) {
        let planes = input.planes(share.arena)
        pool.run(
            input: planes.base, inputPlaneStride: planes.stride, inputPlanes: stage.planes.pointer,
            activation: stage.activation, output: output.planes(share.arena)[outputOffset],
            channels: share.of(pool.channels, block: 16))
    }
}
