import Foundations
import TestSupport
import Testing

@testable import Kernels

@Suite("Squeeze-excite")
struct SqueezeExciteTests {
    @Test("Any number of channels, hidden numbers and pixels", arguments: [1, 7, 8, 9, 16, 33], [1, 5, 8, 40])
    func shapes(channels: Int, hidden: Int) {
        for pixels in [1, 7, 8, 9, 15, 49, 64] {
            var random = SplitMix64(seed: UInt64(pixels))
            func buffer<Element>(_ count: Int) -> GuardedBuffer<Element> {
                GuardedBuffer(count: count, offset: 1) { _ in random.value() }
            }
            let layer = SqueezeExcite(channels: channels, hidden: hidden, pixels: pixels)
            let (input, squeeze, excite): (NumberBuffer, FloatBuffer, FloatBuffer) = (
                buffer(channels * pixels), buffer(hidden * channels), buffer(channels * hidden)
            )
            let packed = (
                NumberBuffer(count: layer.squeeze.packedCount), NumberBuffer(count: layer.excite.packedCount)
            )
            layer.squeeze.pack(weights: squeeze.readOnly, bias: nil, into: packed.0.pointer)
            layer.excite.pack(weights: excite.readOnly, bias: nil, into: packed.1.pointer)
            let (actual, expected) = (
                NumberBuffer(count: channels * pixels, offset: 3), NumberBuffer(count: channels * pixels)
            )
            func operands(_ output: NumberBuffer) -> PoolingOperands<Number> {
                PoolingOperands(
                    input: input.readOnly, inputPlaneStride: pixels, output: output.pointer, outputPlaneStride: pixels)
            }
            let scratch = NumberBuffer(count: layer.scratchCount, offset: 1)
            for range in [0..<channels / 2, channels / 2..<channels] {
                layer.run(
                    Number.self, operands(actual), squeeze: packed.0.readOnly, excite: packed.1.readOnly,
                    channels: range,
                    scratch: scratch.pointer)
            }
            layer.runReference(Number.self, operands(expected), squeeze: squeeze.readOnly, excite: excite.readOnly)
            keepAlive(input)
            // Means, two sums and a factor each round; the sigmoid's slope is at most a quarter.
            let terms = Float(pixels + channels + hidden + 4)
            let squeezed: [Float] = (0..<hidden).map { row in
                squeeze.values[row * channels..<(row + 1) * channels].reduce(0) { $0 + $1.magnitude }
            }
            let sums: [Float] = (0..<channels).map { channel in
                var sum: Float = 0
                for row in 0..<hidden { sum += excite.values[channel * hidden + row].magnitude * squeezed[row] }
                return sum
            }
            let largest = Float(input.values.map(\.magnitude).max()!)
            for (index, (a, b)) in zip(actual.values, expected.values).enumerated() {
                let bound = terms * Float(Number.ulpOfOne) * largest * (1 + sums[index / pixels] * largest)
                #expect(
                    (Float(a) - Float(b)).magnitude <= bound,
                    "\(channels) channels, \(hidden), \(pixels): \(a), expected \(b)")
            }
            #expect(actual.guardsAreIntact && scratch.guardsAreIntact)
        }
    }
}
