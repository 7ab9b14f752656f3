import Foundations
import ModelFormat
import TestSupport
import Testing

@testable import Kernels

@Suite("Convolution of any kernel")
struct Convolution2DTests {
    private func check(
        groups: Int = 1, inputs: Int = 3, outputs: Int = 5, width: Int, height: Int, kernel: (Int, Int), stride: Int,
        padding: Int, preActivation: Activation? = nil, strange: Bool = false, seed: UInt64 = 1
    ) {
        let activation = Activation.allCases[Int(seed % 3)]
        let description: Comment =
            """
            groups \(groups), inputs \(inputs), outputs \(outputs), \(height)×\(width), kernel \(kernel), \
            stride \(stride), padding \(padding), pre-activation \(preActivation?.rawValue ?? "-"), \
            activation \(activation), seed \(seed)
            """
        var buffer = RandomBuffers(seed: seed, strange: strange, offset: 1)
        let shape = Convolution2D(
            groups: groups, inputs: inputs, outputs: outputs, inputWidth: width, inputHeight: height,
            kernelWidth: kernel.0, kernelHeight: kernel.1, stride: stride, padding: padding,
            gathers: preActivation != nil, normalizes: preActivation != nil, preActivation: preActivation ?? .none,
            activation: activation)
        let input: NumberBuffer = buffer(groups * inputs * width * height)
        let weights: FloatBuffer = buffer(groups * outputs * inputs * kernel.0 * kernel.1)
        let bias: FloatBuffer = buffer(groups * outputs)
        let (scale, shift): (NumberBuffer, NumberBuffer) = (buffer(groups * inputs), buffer(groups * inputs))
        let inputPlanes = IndexBuffer(
            (0..<groups * inputs).map { _ in Int.random(in: 0..<groups * inputs, using: &buffer.random) })
        let outputPlanes = IndexBuffer((0..<groups * outputs).reversed())
        let packed = NumberBuffer(count: shape.packedCount)
        shape.pack(weights: weights.readOnly, bias: bias.readOnly, into: packed.pointer)
        defer { keepAlive(input, weights, bias, scale, shift, inputPlanes, outputPlanes, packed) }
        let pixels = shape.width * shape.height
        func operands(_ output: NumberBuffer) -> Convolution2DOperands<Number> {
            Convolution2DOperands(
                input: input.readOnly, inputPlaneStride: width * height,
                inputPlanes: preActivation == nil ? nil : inputPlanes.readOnly,
                normalization: preActivation == nil
                    ? nil : Normalization(scale: scale.readOnly, shift: shift.readOnly),
                weights: packed.readOnly, output: output.pointer, outputPlaneStride: pixels,
                outputPlanes: preActivation == nil ? nil : outputPlanes.readOnly)
        }
        let expected = NumberBuffer(count: groups * outputs * pixels)
        shape.runReference(operands(expected), weights: weights.readOnly, bias: bias.readOnly)
        for rowsAtOnce in [max(1, shape.height), 1, 2] {
            let output = NumberBuffer(count: expected.count, offset: 3)
            let scratch = NumberBuffer(count: shape.scratchCount)
            for group in 0..<groups {
                for row in Swift.stride(from: 0, to: shape.height, by: rowsAtOnce) {
                    shape.run(
                        operands(output), groups: group..<group + 1, rows: row..<min(row + rowsAtOnce, shape.height),
                        scratch: scratch.pointer)
                }
            }
            let difference = firstDifference(output.values, expected.values)
            #expect(difference == nil, description)
            #expect(output.guardsAreIntact && scratch.guardsAreIntact, description)
        }
    }

    @Test("The stem: three inputs, 3×3, padding 1", arguments: [1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 50], [1, 2])
    func stem(size: Int, stride: Int) {
        check(outputs: 16, width: size, height: size, kernel: (3, 3), stride: stride, padding: 1)
        check(outputs: 16, width: size + 9, height: size, kernel: (3, 3), stride: stride, padding: 1, seed: 2)
    }

    @Test("Any kernel, stride and padding", arguments: [1, 2, 3, 5, 7], [1, 2, 3])
    func kernels(kernel: Int, stride: Int) {
        for padding in 0...kernel {
            check(groups: 2, width: 19, height: 8, kernel: (kernel, kernel), stride: stride, padding: padding)
            check(inputs: 1, outputs: 2, width: 4, height: 9, kernel: (kernel, 2), stride: stride, padding: padding)
        }
    }

    @Test(
        "Gathered, normalised and activated inputs, shuffled outputs", arguments: Activation.allCases,
        [1, 7, 8, 9, 15, 16, 17, 33])
    func preActivation(activation: Activation, size: Int) {
        for kernel in [1, 3, 5] {
            for stride in [1, 2] {
                for strange in [false, true] {
                    check(
                        groups: 2, inputs: 3, outputs: 5, width: size, height: 6, kernel: (kernel, kernel),
                        stride: stride, padding: kernel / 2, preActivation: activation, strange: strange,
                        seed: UInt64(size))
                }
            }
        }
        check(
            inputs: 60, outputs: 9, width: size, height: 5, kernel: (3, 3), stride: 1, padding: 1,
            preActivation: activation, seed: 5)
    }

    @Test("More inputs than a block holds", arguments: [27, 28, 29, 56, 57, 85], [1, 4, 5, 9])
    func inputBlocks(inputs: Int, outputs: Int) {
        for (width, height) in [(7, 7), (3, 3), (14, 5), (16, 3), (17, 4), (1, 20), (33, 2)] {
            check(
                inputs: inputs, outputs: outputs, width: width, height: height, kernel: (3, 3), stride: 1, padding: 1,
                seed: UInt64(width))
        }
        check(groups: 2, inputs: inputs, outputs: outputs, width: 9, height: 9, kernel: (3, 3), stride: 2, padding: 1)
    }

    @Test("1×1 over many inputs", arguments: [1, 255, 256, 257, 513], [1, 7, 8, 9, 15, 16, 17, 24, 31, 33, 49])
    func pointwise(inputs: Int, pixels: Int) {
        for stride in [1, 2, 3] {
            check(inputs: inputs, outputs: 9, width: pixels, height: 1, kernel: (1, 1), stride: stride, padding: 0)
        }
        check(inputs: inputs, outputs: 3, width: 5, height: pixels, kernel: (1, 1), stride: 1, padding: 0, seed: 2)
    }

    @Test("More outputs than a block of pixels has sums for")
    func manyOutputs() {
        check(inputs: 30, outputs: 1027, width: 12, height: 8, kernel: (3, 3), stride: 1, padding: 1)
        check(inputs: 300, outputs: 2050, width: 7, height: 7, kernel: (1, 1), stride: 1, padding: 0)
    }

    @Test("No inputs and no outputs")
    func nothing() {
        check(inputs: 0, outputs: 3, width: 9, height: 2, kernel: (3, 3), stride: 1, padding: 1)
        check(inputs: 3, outputs: 0, width: 9, height: 2, kernel: (3, 3), stride: 1, padding: 1)
        check(width: 0, height: 4, kernel: (1, 1), stride: 1, padding: 0)
    }

    @Test("NaN and infinity in any place", arguments: 1..<5 as Range<UInt64>)
    func strangeValues(seed: UInt64) {
        check(
            inputs: 60, width: 21, height: 9, kernel: (3, 3), stride: Int(seed % 2) + 1, padding: 1, strange: true,
            seed: seed)
        check(
            width: 21, height: 9, kernel: (3, 3), stride: Int(seed % 2) + 1, padding: 1, strange: true, seed: seed)
    }

    @Test("A kernel larger than the padded image has no output")
    func empty() {
        check(width: 2, height: 2, kernel: (5, 5), stride: 1, padding: 1)
        #expect(
            Convolution2D(
                groups: 1, inputs: 1, outputs: 1, inputWidth: 2, inputHeight: 2, kernelWidth: 5, kernelHeight: 5,
                stride: 2, padding: 1, activation: .none
            ).width == 0)
    }
}
