import Engine
import ModelFormat

/// Maximum or average pooling, split by channels.
final class PoolingOperation: PlannedOperation {
    private let pooling: Pooling
    private let channels: Int
    private let places: StepPlaces

    init(_ step: Step, _ pooling: Pooling, _ places: StepPlaces) {
        self.pooling = pooling
        channels = step.inputChannels
        self.places = places
    }

    private var isAverage2x2: Bool { pooling.kind == .average && pooling.kernel == 2 && pooling.stride == 2 }

    var kernel: String {
        pooling.kind == .maximum ? "MaxPool" : isAverage2x2 ? "AveragePool2x2" : "averagePoolReference"
    }

    func run(_ share: Share) {
        let (sources, destinations) = (places.source(share), places.destination(share))
        let (height, width) = (places.input.shape.height, places.input.shape.width)
        let planes = share.of(channels)
        if isAverage2x2 {
            AveragePool2x2(inputWidth: width, inputHeight: height).run(
                input: sources.base, inputPlaneStride: sources.stride, output: destinations.base,
                outputPlaneStride: destinations.stride, planes: planes)
        } else if pooling.kind == .maximum {
            MaxPool(
                inputWidth: width, inputHeight: height, window: pooling.kernel, stride: pooling.stride,
                padding: pooling.padding
            ).run(
                input: sources.base, inputPlaneStride: sources.stride, output: destinations.base,
                outputPlaneStride: destinations.stride, planes: planes)
        } else {
            for plane in planes {
                averagePoolReference(
                    window: pooling.kernel, stride: pooling.stride, inputWidth: width, inputHeight: height,
                    input: sources[plane], output: destinations[plane])
            }
        }
    }
}
