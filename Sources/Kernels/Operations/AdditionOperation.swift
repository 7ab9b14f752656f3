import Engine
import ModelFormat

/// The sum of two values, split by channels.
final class AdditionOperation: PlannedOperation {
    let kernel = "addPlanes"
    private let channels: Int
    private let activation: Activation
    private let places: StepPlaces
    private let other: Place

    init(_ step: Step, _ addition: Addition, _ places: StepPlaces, other: Place) {
        channels = step.inputChannels
        activation = addition.activation
        self.places = places
        self.other = other
    }

    func parts(threads: Int) -> Int { Share.parts(of: channels, threads: threads) }

    func run(_ share: Share) {
        let (first, sums) = (places.source(share), places.destination(share))
        let second: Planes<Number> = other.planes(share.arena)
        addPlanes(
            Number.self, first.base, aPlaneStride: first.stride, second.base, bPlaneStride: second.stride,
            output: sums.base,
            outputPlaneStride: sums.stride, pixels: places.input.shape.pixels, planes: share.of(channels),
            activation: activation)
    }
}
