import Testing

@testable import Kernels

@Suite("Convolution of any kernel")
struct Convolution2DTests {
    private func check(
        groups: Int = 1, inputs: Int = 3, outputs: Int = 5, width: Int, height: Int, kernel: (Int, Int), stride: Int,
        padding: Int, strange: Bool = false, seed: UInt64 = 1
    ) {
        let description: Comment =
            """
            groups \(groups), inputs \(inputs), outputs \(outputs), \(height)×\(width), kernel \(kernel), \
            stride \(stride), padding \(padding), seed \(seed)
            """
        var random = SeededRandom(seed: seed)
        func buffer(_ count: Int) -> GuardedBuffer {
            GuardedBuffer(count: count, offset: 1) { _ in strange ? random.strangeValue() : random.value() }
        }
        let shape = Convolution2D(
            groups: groups, inputs: inputs, outputs: outputs, inputWidth: width, inputHeight: height,
            kernelWidth: kernel.0, kernelHeight: kernel.1, stride: stride, padding: padding,
            rectifiesOutput: seed % 2 == 0)
        let input = buffer(groups * inputs * width * height)
        let weights = buffer(groups * outputs * inputs * kernel.0 * kernel.1)
        let bias = buffer(groups * outputs)
        let packed = GuardedBuffer(count: shape.packedCount)
        shape.pack(weights: weights.readOnly, bias: bias.readOnly, into: packed.pointer)
        defer { keepAlive(input, weights, bias, packed) }
        let pixels = shape.width * shape.height
        func operands(_ output: GuardedBuffer) -> Convolution2DOperands {
            Convolution2DOperands(
                input: input.readOnly, inputPlaneStride: width * height, weights: packed.readOnly,
                output: output.pointer, outputPlaneStride: pixels)
        }
        let expected = GuardedBuffer(count: groups * outputs * pixels)
        shape.runReference(operands(expected), weights: weights.readOnly, bias: bias.readOnly)
        for rowsAtOnce in [max(1, shape.height), 1, 2] {
            let output = GuardedBuffer(count: expected.count, offset: 3)
            let scratch = GuardedBuffer(count: shape.scratchCount)
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

    @Test("Depthwise: one input and one output for each group")
    func depthwise() {
        check(groups: 6, inputs: 1, outputs: 1, width: 14, height: 14, kernel: (3, 3), stride: 2, padding: 1)
    }

    @Test("NaN and infinity in any place", arguments: 1..<5 as Range<UInt64>)
    func strangeValues(seed: UInt64) {
        check(
            width: 21, height: 9, kernel: (3, 3), stride: Int(seed % 2) + 1, padding: 1, strange: true, seed: seed)
    }

    @Test("A kernel larger than the padded image has no output")
    func empty() {
        check(width: 2, height: 2, kernel: (5, 5), stride: 1, padding: 1)
        #expect(
            Convolution2D(
                groups: 1, inputs: 1, outputs: 1, inputWidth: 2, inputHeight: 2, kernelWidth: 5, kernelHeight: 5,
                stride: 2, padding: 1, rectifiesOutput: false
            ).width == 0)
    }
}
