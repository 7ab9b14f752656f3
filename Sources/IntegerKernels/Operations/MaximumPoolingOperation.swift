import Engine
import ModelFormat

/// The largest bytes of windows, split by channels.
final class MaximumPoolingOperation: PlannedOperation {
    let kernel = "MaxPool"
    private let pooling: Pooling
    private let channels: Int
    private let places: StepPlaces

    init(_ step: Step, _ pooling: Pooling, _ places: StepPlaces) {
        self.pooling = pooling
        channels = step.inputChannels
        self.places = places
    }

    func parts(threads: Int) -> Int { Share.parts(of: channels, threads: threads) }

    func run(_ share: Share) {
        let (input, output) = (places.input.shape, places.output.shape)
        func covered(_ position: Int, of side: Int) -> Range<Int> {
            let first = position * pooling.stride - pooling.padding
            return max(first, 0)..<min(first + pooling.kernel, side)
        }
        let planes = places.source(share)
        for channel in share.of(channels) {
            let destination = places.destination(channel, share).assumingMemoryBound(to: Int8.self)
            for y in 0..<output.height {
                for x in 0..<output.width {
                    var largest = Int8.min
                    for row in covered(y, of: input.height) {
                        let line = planes[channel] + row * input.width
                        for column in covered(x, of: input.width) { largest = max(largest, line[column]) }
                    }
                    destination[y * output.width + x] = largest
                }
            }
        }
    }
}
