import Kernels
import ModelFormat

/// Maximum or average pooling, split by channels.
final class PoolingOperation: PlannedOperation {
    let kernel: String
    private let kind: Pooling.Kind
    private let geometry: PoolingGeometry
    private let channels: Int
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let outputOffset: Int

    init(_ step: Step, _ pooling: Pooling, input: ArenaLayout.Place, output: ArenaLayout.Place) {
        kernel = "\(pooling.kind)PoolingReference"
        kind = pooling.kind
        geometry = PoolingGeometry(
            kernel: pooling.kernel, stride: pooling.stride, padding: pooling.padding, inputHeight: input.shape.height,
            inputWidth: input.shape.width)
        channels = step.inputChannels
        self.input = input
        self.output = output
        outputOffset = step.outputOffset
    }

    func run(_ share: Share) {
        let (sources, destinations) = (input.planes(share.arena), output.planes(share.arena))
        for channel in share.of(channels) {
            let destination = destinations[outputOffset + channel]
            switch kind {
            case .maximum: maximumPoolingReference(geometry, input: sources[channel], output: destination)
            case .average: averagePoolingReference(geometry, input: sources[channel], output: destination)
            }
        }
    }
}

/// Global average pooling over gathered, normalised channels, split by channels.
final class GlobalAveragePoolingOperation: PlannedOperation {
    let kernel = "globalAveragePoolingReference"
    private let planes: Packed<Int32>
    private let channels: Int
    private let scale: Packed<Float>?
    private let shift: Packed<Float>?
    private let input: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let outputOffset: Int

    init(
        _ step: Step, _ stage: InputStage, planes: [Int32], input: ArenaLayout.Place, output: ArenaLayout.Place,
        tensors: any TensorSource
    ) throws {
        self.planes = try Packed(planes)
        channels = planes.count
        scale = stage.normalize ? try Packed(tensors.floats("\(step.name).scale")) : nil
        shift = stage.normalize ? try Packed(tensors.floats("\(step.name).shift")) : nil
        self.input = input
        self.output = output
        outputOffset = step.outputOffset
    }

    func run(_ share: Share) {
        let (sources, destinations) = (input.planes(share.arena), output.planes(share.arena))
        for channel in share.of(channels) {
            destinations[outputOffset + channel].pointee = globalAveragePoolingReference(
                pixels: input.shape.pixels, input: sources[Int(planes.pointer[channel])],
                scale: scale?.pointer[channel], shift: shift?.pointer[channel])
        }
    }
}
