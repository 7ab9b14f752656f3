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
        // Sums of few bytes fit sixteen bits, and sixteen of them are made at once where they lie close together.
        let isDense = window.map { $0 <= 15 && stride <= 2 } ?? false
        for channel in share.of(stage.planes.count) {
            let destination = places.destination(channel, share).assumingMemoryBound(to: Int8.self)
            for y in 0..<output.height {
                let line = destination + y * output.width
                if isDense { dense(channel, y, line, share) } else { plain(channel, y, line, share) }
            }
        }
    }

    /// The first byte of a channel's windows in row `y`.
    private func source(_ channel: Int, _ y: Int, _ share: Share) -> UnsafePointer<Int8> {
        let plane = places.source(share)[Int(stage.planes.elements[channel])]
        return UnsafePointer(plane + y * stride * places.input.shape.width)
    }

    private func plain(_ channel: Int, _ y: Int, _ line: UnsafeMutablePointer<Int8>, _ share: Share) {
        let input = places.input.shape
        let (height, width) = (window ?? input.height, window ?? input.width)
        let (lower, upper) = stage.bounds(channel)
        let source = source(channel, y, share)
        for x in 0..<places.output.shape.width {
            var sum: Int32 = 0
            for row in 0..<height {
                let bytes = source + row * input.width + x * stride
                for column in 0..<width { sum &+= Int32(min(max(bytes[column], lower), upper)) }
            }
            line[x] = scaling.byte(sum, output: channel)
        }
    }

    private func dense(_ channel: Int, _ y: Int, _ line: UnsafeMutablePointer<Int8>, _ share: Share) {
        let (width, count) = (places.input.shape.width, places.output.shape.width)
        let bounds = stage.bounds(channel)
        let (lower, upper) = (SIMD16(repeating: bounds.lower), SIMD16(repeating: bounds.upper))
        let (multiplier, offset) = (scaling.multipliers.elements[channel], scaling.offsets.elements[channel])
        let source = source(channel, y, share)
        var x = 0
        while x < count {
            var sums = SIMD16<Int16>()
            for row in 0..<window! {
                for column in 0..<window! {
                    let bytes = StridedBytes.load(source + row * width + x * stride + column, stride: stride)
                    let bounded = bytes.clamped(lowerBound: lower, upperBound: upper)
                    sums &+= SIMD16<Int16>(truncatingIfNeeded: bounded)
                }
            }
            let bytes = condensenet_bytes_scaled(SIMD16<Int32>(truncatingIfNeeded: sums), multiplier, offset)
            withUnsafeBytes(of: bytes) { bytes in
                UnsafeMutableRawPointer(line + x).copyMemory(from: bytes.baseAddress!, byteCount: min(16, count - x))
            }
            x += 16
        }
    }
}
