import CBytes
import Engine
import Foundations
import ModelFormat

/// Averages of windows, or of whole planes, over gathered channels held between bounds, split by channels.
final class AveragePoolingOperation: PlannedOperation {
    let kernel: String
    private let stage: InputStage
    private let scaling: OutputScaling
    private let window: Int?
    private let stride: Int
    private let places: StepPlaces

    /// - Parameter window: the window's side; `nil` for the whole plane.
    init(
        _ step: Step, _ preActivation: PreActivation, window: Int?, stride: Int, _ places: StepPlaces,
        _ tensors: any TensorSource
    ) throws {
        kernel = window == nil ? "GlobalAveragePool" : "AveragePool"
        stage = try InputStage(step, preActivation, tensors)
        scaling = try OutputScaling(step, tensors)
        self.window = window
        self.stride = stride
        self.places = places
    }

    func parts(threads: Int) -> Int { Share.parts(of: stage.planes.count, threads: threads) }

    func run(_ share: Share) {
        let (input, output) = (places.input.shape, places.output.shape)
        let planes = places.source(share)
        for channel in share.of(stage.planes.count) {
            let source = UnsafePointer(planes[Int(stage.planes.elements[channel])])
            let plane = places.destination(channel, share).assumingMemoryBound(to: Int8.self)
            let bounds = stage.bounds(channel)
            if window == nil {
                let sum = condensenet_bytes_sum(source, input.pixels, bounds.lower, bounds.upper)
                plane[0] = scaling.byte(sum, output: channel)
                continue
            }
            let (multiplier, offset) = (scaling.multipliers.elements[channel], scaling.offsets.elements[channel])
            for y in 0..<output.height {
                let row = source + y * stride * input.width
                let line = plane + y * output.width
                if window == 2 && stride == 2 {
                    // Beyond its plane's end a row goes into the room before the next.
                    condensenet_bytes_pool2(
                        line, plane + places.output.planeStride, row, row + input.width, output.width, bounds.lower,
                        bounds.upper, multiplier, offset)
                } else {
                    plain(channel, bounds, row, line)
                }
            }
        }
    }

    /// A row of any windows.
    private func plain(
        _ channel: Int, _ bounds: (lower: Int8, upper: Int8), _ source: UnsafePointer<Int8>,
        _ line: UnsafeMutablePointer<Int8>
    ) {
        let (input, side) = (places.input.shape, window ?? 0)
        for x in 0..<places.output.shape.width {
            var sum: Int32 = 0
            for row in 0..<side {
                let bytes = source + row * input.width + x * stride
                sum &+= condensenet_bytes_sum(bytes, side, bounds.lower, bounds.upper)
            }
            line[x] = scaling.byte(sum, output: channel)
        }
    }
}
