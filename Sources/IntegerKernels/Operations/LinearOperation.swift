import CBytes
import Engine
import Foundations
import ModelFormat

/// A fully connected layer: the input is what one output's weights are elsewhere, and outputs lie side by side as pixels do.
final class LinearOperation: PlannedOperation {
    let kernel = "Linear"
    /// Outputs of a tile: sixteen where there are no more.
    private let lanes: Int
    private let outputs: Int
    private let inputs: Int
    private let inputPixels: Int
    /// Steps of a tile, up to a whole number of those that are summed at once.
    private let steps: Int
    private let weights: StoredArray<UInt8>
    private let offsets: StoredArray<Int32>
    private let scaling: OutputScaling
    private let places: StepPlaces

    init(_ step: Step, _ linear: Linear, _ places: StepPlaces, _ tensors: any TensorSource) throws {
        let (channels, pixel) = (Int(CONDENSENET_BYTES_CHANNELS), Int(CONDENSENET_BYTES_PIXEL))
        let inputs = step.inputChannels * places.input.shape.pixels
        let outputs = linear.outputs
        let lanes = outputs <= 16 ? 16 : Int(CONDENSENET_BYTES_LANES) * Int(CONDENSENET_BYTES_ROW)
        let most = Int(CONDENSENET_BYTES_STEPS)
        let steps = ((inputs + channels - 1) / channels + most - 1) / most * most
        let tiles = (outputs + lanes - 1) / lanes
        let source = try tensors.bytes("\(step.name).weight")
        weights = try StoredArray(count: tiles * steps * lanes * pixel) { packed in
            var position = 0
            for tile in 0..<tiles {
                for step in 0..<steps {
                    for output in tile * lanes..<(tile + 1) * lanes {
                        for input in step * channels..<(step + 1) * channels {
                            let byte = output < outputs && input < inputs ? source.elements[output * inputs + input] : 0
                            packed[position] = UInt8(bitPattern: byte) ^ UInt8(CONDENSENET_BYTES_BIAS)
                            if pixel > channels { packed[position + 1] = byte < 0 ? 255 : 0 }
                            position += pixel / channels
                        }
                    }
                }
            }
        }
        offsets = try StoredArray(count: steps) { offsets in
            for step in offsets.indices { offsets[step] = Int32(step * lanes * pixel) }
        }
        self.lanes = lanes
        scaling = try OutputScaling(step, tensors)
        inputPixels = places.input.shape.pixels
        self.inputs = inputs
        self.outputs = outputs
        self.steps = steps
        self.places = places
    }

    var packedBytes: Int { weights.byteCount + offsets.byteCount }
    /// The input as weights are, and the sums of a tile.
    var scratchBytes: Int { inputBytes + 4 * lanes }

    private var inputBytes: Int { (steps * Int(CONDENSENET_BYTES_PIXEL) + 127) / 64 * 64 }
    private var tiles: Int { (outputs + lanes - 1) / lanes }

    func parts(threads: Int) -> Int { Share.parts(of: tiles, threads: threads) }

    func run(_ share: Share) {
        let input = share.scratch(of: UInt8.self)
        var initial = pack(into: input, share)
        let integers = (share.scratch + inputBytes).assumingMemoryBound(to: Int32.self)
        for tile in share.of(tiles) {
            let panel = weights.pointer + tile * steps * lanes * Int(CONDENSENET_BYTES_PIXEL)
            if lanes == 16 {
                condensenet_bytes_integers(
                    integers, 1, 16 / Int32(CONDENSENET_BYTES_LANES), panel, offsets.pointer, steps, input, &initial)
            } else {
                condensenet_bytes_integers(
                    integers, 1, Int32(CONDENSENET_BYTES_ROW), panel, offsets.pointer, steps, input, &initial)
            }
            let first = tile * lanes
            for lane in 0..<min(lanes, outputs - first) {
                scaling.store(
                    integers[lane], output: first + lane, at: 0, of: places.destination(first + lane, share),
                    asFloat: places.writesFloats)
            }
        }
    }

    /// Brings the input to the form of weights.
    ///
    /// - Returns: what sums begin with.
    private func pack(into packed: UnsafeMutablePointer<UInt8>, _ share: Share) -> Int32 {
        let planes = places.source(share)
        let width = Int(CONDENSENET_BYTES_PIXEL) / Int(CONDENSENET_BYTES_CHANNELS)
        var sum: Int32 = 0
        var position = 0
        for channel in 0..<inputs / inputPixels {
            for pixel in 0..<inputPixels {
                let byte = planes[channel][pixel]
                sum &+= Int32(byte)
                packed[position] = UInt8(bitPattern: byte)
                if width == 2 { packed[position + 1] = byte < 0 ? 255 : 0 }
                position += width
            }
        }
        while position < steps * Int(CONDENSENET_BYTES_PIXEL) {
            packed[position] = 0
            position += 1
        }
        return 0 &- sum &* Int32(CONDENSENET_BYTES_BIAS)
    }
}
