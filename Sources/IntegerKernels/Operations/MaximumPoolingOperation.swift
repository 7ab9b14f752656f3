import CBytes
import Engine
import ModelFormat

/// The largest bytes of windows, split by channels: maxima of a window's rows, then of its columns.
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

    /// Columns of a line of maxima: all that windows cover, and what is read beyond.
    private var lineBytes: Int {
        let covered = (places.output.shape.width - 1) * pooling.stride + pooling.kernel
        return max(covered, places.input.shape.width + pooling.padding) + 64
    }

    var scratchBytes: Int { lineBytes }

    func run(_ share: Share) {
        let (input, output) = (places.input.shape, places.output.shape)
        let planes = places.source(share)
        let line = share.scratch(of: Int8.self)
        for channel in share.of(channels) {
            let source = UnsafePointer(planes[channel])
            let plane = places.destination(channel, share).assumingMemoryBound(to: Int8.self)
            for y in 0..<output.height {
                let first = y * pooling.stride - pooling.padding
                line.update(repeating: .min, count: lineBytes)
                for row in max(first, 0)..<min(first + pooling.kernel, input.height) {
                    condensenet_bytes_raise(line + pooling.padding, source + row * input.width, input.width)
                }
                // Beyond its plane's end the last row goes into the room before the next.
                condensenet_bytes_maxima(
                    plane + y * output.width, plane + places.output.planeStride, line, output.width, pooling.kernel,
                    pooling.stride)
            }
        }
    }
}
