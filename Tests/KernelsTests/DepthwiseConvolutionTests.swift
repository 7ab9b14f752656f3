import Foundations
import ModelFormat
import TestSupport
import Testing

@testable import Kernels

@Suite("Depthwise convolution")
struct DepthwiseConvolutionTests {
    private func check(
        channels: Int = 3, width: Int, height: Int, kernel: Int, stride: Int, padding: Int, strange: Bool = false,
        seed: UInt64 = 1
    ) {
        let description: Comment =
            "\(height)×\(width), kernel \(kernel), stride \(stride), padding \(padding), seed \(seed)"
        var buffer = RandomBuffers(seed: seed, strange: strange, offset: 1)
        let shape = DepthwiseConvolution(
            channels: channels, inputWidth: width, inputHeight: height, kernel: kernel, stride: stride,
            padding: padding, activation: Activation.allCases[Int(seed % 3)])
        let input: NumberBuffer = buffer(channels * width * height)
        let weights: FloatBuffer = buffer(channels * kernel * kernel)
        let bias: FloatBuffer = buffer(channels)
        let packed = NumberBuffer(count: shape.packedCount)
        shape.pack(weights: weights.readOnly, bias: bias.readOnly, into: packed.pointer)
        let pixels = shape.width * shape.height
        let expected = NumberBuffer(count: channels * pixels)
        func operands(_ output: NumberBuffer) -> PlaneOperands<Number> {
            PlaneOperands(
                input: input.readOnly, inputPlaneStride: width * height, weights: packed.readOnly,
                output: output.pointer, outputPlaneStride: pixels)
        }
        shape.runReference(Number.self, operands(expected), weights: weights.readOnly, bias: bias.readOnly)
        let actual = NumberBuffer(count: channels * pixels, offset: 3)
        let scratch = NumberBuffer(count: shape.scratchCount)
        for channel in 0..<channels {
            shape.run(
                Number.self, operands(actual), channels: channel..<channel + 1, scratch: scratch.pointer)
        }
        keepAlive(input, weights, bias, packed)
        #expect(firstDifference(actual.values, expected.values) == nil, description)
        #expect(actual.guardsAreIntact && scratch.guardsAreIntact && packed.guardsAreIntact, description)
    }

    @Test("3×3, padding 1", arguments: [1, 2, 3, 7, 8, 9, 14, 15, 16, 17, 18, 31, 32, 33, 34, 50], [1, 2, 3])
    func threeByThree(size: Int, stride: Int) {
        check(width: size, height: size, kernel: 3, stride: stride, padding: 1)
        check(width: size, height: 3, kernel: 3, stride: stride, padding: 1, seed: 2)
        check(width: 5, height: size, kernel: 3, stride: stride, padding: 1, seed: 3)
    }

    @Test("Any kernel, stride and padding", arguments: [1, 2, 4, 5, 7], [1, 2, 3, 5])
    func kernels(kernel: Int, stride: Int) {
        for padding in 0...kernel {
            check(width: 19, height: 8, kernel: kernel, stride: stride, padding: padding)
            check(width: 4, height: 9, kernel: kernel, stride: stride, padding: padding, seed: 2)
        }
    }

    @Test("NaN and infinity in any place", arguments: 1..<5 as Range<UInt64>)
    func strangeValues(seed: UInt64) {
        check(
            width: 21, height: 9, kernel: 3, stride: Int(seed % 2) + 1, padding: 1, strange: true, seed: seed)
    }

    @Test("A kernel larger than the padded image has no output")
    func empty() {
        check(width: 2, height: 2, kernel: 5, stride: 1, padding: 1)
        check(channels: 0, width: 4, height: 4, kernel: 3, stride: 1, padding: 1)
    }
}
