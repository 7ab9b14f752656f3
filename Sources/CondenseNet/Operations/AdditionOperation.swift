import Kernels
import ModelFormat

/// The sum of two values, split by channels.
final class AdditionOperation: PlannedOperation {
    let kernel = "addPlanes"
    private let channels: Int
    private let relu: Bool
    private let input: ArenaLayout.Place
    private let other: ArenaLayout.Place
    private let output: ArenaLayout.Place
    private let outputOffset: Int

    init(
        _ step: Step, _ addition: Addition, input: ArenaLayout.Place, other: ArenaLayout.Place,
        output: ArenaLayout.Place
    ) {
        channels = step.inputChannels
        relu = addition.activation == .relu
        self.input = input
        self.other = other
        self.output = output
        outputOffset = step.outputOffset
    }

    func run(_ share: Share) {
        let (first, second, sums) = (
            input.planes(share.arena), other.planes(share.arena), output.planes(share.arena)
        )
        addPlanes(
            first.base, aPlaneStride: first.stride, second.base, bPlaneStride: second.stride,
            output: sums[outputOffset], outputPlaneStride: sums.stride, pixels: input.shape.pixels,
            planes: share.of(channels), rectifiesOutput: relu)
    }
}
