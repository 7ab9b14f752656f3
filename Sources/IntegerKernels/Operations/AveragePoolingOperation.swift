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
        let output = places.output.shape
        let isDense = window == 2 && stride == 2
        let rowBytes = stride * places.input.shape.width
        for channel in share.of(stage.planes.count) {
            var source = UnsafePointer(places.source(share)[Int(stage.planes.elements[channel])])
            var line = places.destination(channel, share).assumingMemoryBound(to: Int8.self)
            let bounds = stage.bounds(channel)
            for _ in 0..<output.height {
                if isDense { dense(channel, bounds, source, line) } else { plain(channel, bounds, source, line) }
                source += rowBytes
                line += output.width
            }
        }
    }

    /// A row of any windows.
    private func plain(
        _ channel: Int, _ bounds: (lower: Int8, upper: Int8), _ source: UnsafePointer<Int8>,
        _ line: UnsafeMutablePointer<Int8>
    ) {
        let input = places.input.shape
        let (height, width) = (window ?? input.height, window ?? input.width)
        for x in 0..<places.output.shape.width {
            var sum: Int32 = 0
            for row in 0..<height {
                let bytes = source + row * input.width + x * stride
                for column in 0..<width { sum &+= Int32(min(max(bytes[column], bounds.lower), bounds.upper)) }
            }
            line[x] = scaling.byte(sum, output: channel)
        }
    }

    /// A row of windows of 2×2, sixteen at once.
    private func dense(
        _ channel: Int, _ bounds: (lower: Int8, upper: Int8), _ source: UnsafePointer<Int8>,
        _ line: UnsafeMutablePointer<Int8>
    ) {
        let (width, count) = (places.input.shape.width, places.output.shape.width)
        let (multiplier, offset) = (scaling.multipliers.elements[channel], scaling.offsets.elements[channel])
        var x = 0
        while x < count {
            let bytes = condensenet_bytes_pool2(
                source + 2 * x, source + width + 2 * x, bounds.lower, bounds.upper, multiplier, offset)
            if x + 16 <= count {
                UnsafeMutableRawPointer(line + x).storeBytes(of: bytes, as: SIMD16<Int8>.self)
            } else {
                withUnsafeBytes(of: bytes) { bytes in
                    UnsafeMutableRawPointer(line + x).copyMemory(from: bytes.baseAddress!, byteCount: count - x)
                }
            }
            x += 16
        }
    }
}
