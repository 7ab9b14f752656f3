import Engine
import Foundations
import ModelFormat

/// Averages and maxima of windows, or of whole planes, as they are defined.
final class ReferencePoolingOperation: PlannedOperation {
    let kernel = "reference pooling"
    /// The window; `nil` for the whole plane.
    private let window: Pooling?
    private let stage: InputStage
    /// `nil` for maxima, which are bytes of the input.
    private let scaling: OutputScaling?
    private let places: StepPlaces

    /// - Parameter window: `nil` for means of whole planes.
    init(
        _ step: Step, _ preActivation: PreActivation, window: Pooling?, _ places: StepPlaces,
        _ tensors: any TensorSource
    ) throws {
        self.window = window
        stage = try InputStage(step, preActivation, tensors)
        scaling = window?.kind == .maximum ? nil : try OutputScaling(step, tensors)
        self.places = places
    }

    func parts(threads: Int) -> Int { Share.parts(of: stage.planes.count, threads: threads) }

    func run(_ share: Share) {
        let output = places.output.shape
        for channel in share.of(stage.planes.count) {
            let plane = places.destination(channel, share).assumingMemoryBound(to: Int8.self)
            for y in 0..<output.height {
                for x in 0..<output.width {
                    let bytes = bytes(channel, y, x, share)
                    plane[y * output.width + x] =
                        scaling?.byte(bytes.reduce(0) { $0 + Int32($1) }, output: channel) ?? bytes.max() ?? .min
                }
            }
        }
    }

    /// A window's bytes, those beside the plane left out.
    private func bytes(_ channel: Int, _ y: Int, _ x: Int, _ share: Share) -> [Int8] {
        let input = places.input.shape
        func covered(_ position: Int, of side: Int) -> Range<Int> {
            guard let window else { return 0..<side }
            let first = position * window.stride - window.padding
            return max(first, 0)..<min(first + window.kernel, side)
        }
        let plane = places.source(share)[Int(stage.planes.elements[channel])]
        let (lower, upper) = stage.bounds(channel)
        return covered(y, of: input.height).flatMap { row in
            covered(x, of: input.width).map { min(max(plane[row * input.width + $0], lower), upper) }
        }
    }
}
