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
        let (height, width) = (window ?? input.height, window ?? input.width)
        let planes = places.source(share)
        for channel in share.of(stage.planes.count) {
            let (lower, upper) = stage.bounds(channel)
            let source = planes[Int(stage.planes.elements[channel])]
            let destination = places.destination(channel, share)
            for y in 0..<output.height {
                for x in 0..<output.width {
                    var sum: Int32 = 0
                    for row in 0..<height {
                        let line = source + (y * stride + row) * input.width + x * stride
                        for column in 0..<width { sum &+= Int32(min(max(line[column], lower), upper)) }
                    }
                    scaling.store(
                        sum, output: channel, at: y * output.width + x, of: destination, asFloat: places.writesFloats)
                }
            }
        }
    }
}
