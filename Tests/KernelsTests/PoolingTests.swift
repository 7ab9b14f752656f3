import Foundations
import ModelFormat
import TestSupport
import Testing

@testable import Kernels

@Suite("Pooling, addition and the classifier")
struct PoolingTests {
    private func buffer<Element>(
        _ count: Int, seed: UInt64, strange: Bool = false, offset: Int = 1
    ) -> GuardedBuffer<Element> {
        var random = SplitMix64(seed: seed)
        return GuardedBuffer(count: count, offset: offset) { _ in strange ? random.strangeValue() : random.value() }
    }

    /// What pools some planes, or is its reference: input, output, planes.
    private typealias Pooling = (UnsafePointer<Number>, UnsafeMutablePointer<Number>, Range<Int>) -> Void

    /// Whether a kernel, run plane by plane on planes of `inputPixels`, gives `pixels` for each as its reference does.
    private func check(
        inputPixels: Int, pixels: Int, strange: Bool, _ comment: Comment, run: Pooling, reference: Pooling
    ) {
        let input: NumberBuffer = buffer(3 * inputPixels, seed: 3, strange: strange)
        let (actual, expected) = (NumberBuffer(count: 3 * pixels, offset: 3), NumberBuffer(count: 3 * pixels))
        for plane in 0..<3 { run(input.readOnly, actual.pointer, plane..<plane + 1) }
        reference(input.readOnly, expected.pointer, 0..<3)
        keepAlive(input)
        #expect(firstDifference(actual.values, expected.values) == nil, comment)
        #expect(actual.guardsAreIntact, comment)
    }

    @Test("Average of 2×2", arguments: [1, 2, 3, 8, 10, 13, 14, 15, 16, 17, 18, 28, 32, 33, 34], [1, 2, 5])
    func average(width: Int, height: Int) {
        let pool = AveragePool2x2(inputWidth: width, inputHeight: height)
        let (inputPixels, pixels) = (width * height, pool.width * pool.height)
        for strange in [false, true] {
            check(inputPixels: inputPixels, pixels: pixels, strange: strange, "\(height)×\(width)") {
                pool.run(
                    Number.self, input: $0, inputPlaneStride: inputPixels, output: $1, outputPlaneStride: pixels,
                    planes: $2)
            } reference: {
                pool.runReference(
                    Number.self, input: $0, inputPlaneStride: inputPixels, output: $1, outputPlaneStride: pixels,
                    planes: $2)
            }
        }
    }

    @Test(
        "Average of any window, gathered, normalised and activated", arguments: [1, 2, 3, 5, 7], Activation.allCases)
    func anyAverage(window: Int, preActivation: Activation) {
        for stride in [1, 2, 3, 7] {
            for (width, height) in [(window, window), (8, 8), (15, 9), (16, 7), (17, 8), (window - 1, 20)] {
                for strange in [false, true] {
                    let pool = AveragePool(
                        inputWidth: width, inputHeight: height, window: window, stride: stride,
                        preActivation: preActivation)
                    let input: NumberBuffer = buffer(3 * width * height, seed: 3, strange: strange)
                    let (scale, shift): (NumberBuffer, NumberBuffer) = (buffer(3, seed: 4), buffer(3, seed: 5))
                    let planes = IndexBuffer([2, 0, 2])
                    let pixels = pool.width * pool.height
                    let (actual, expected) = (
                        NumberBuffer(count: 3 * pixels, offset: 1), NumberBuffer(count: 3 * pixels)
                    )
                    let scratch = NumberBuffer(count: pool.scratchCount, offset: 1)
                    func operands(_ output: NumberBuffer) -> PoolingOperands<Number> {
                        PoolingOperands(
                            input: input.readOnly, inputPlaneStride: width * height, inputPlanes: planes.readOnly,
                            normalization: stride == 2
                                ? nil : Normalization(scale: scale.readOnly, shift: shift.readOnly),
                            output: output.pointer, outputPlaneStride: pixels)
                    }
                    for range in [0..<1, 1..<3] {
                        pool.run(Number.self, operands(actual), channels: range, scratch: scratch.pointer)
                    }
                    pool.runReference(Number.self, operands(expected), channels: 0..<3)
                    keepAlive(input, scale, shift, planes)
                    #expect(
                        firstDifference(actual.values, expected.values) == nil,
                        "\(height)×\(width), window \(window), stride \(stride), \(preActivation), \(strange)")
                    #expect(actual.guardsAreIntact && scratch.guardsAreIntact)
                }
            }
        }
    }

    @Test("Global average", arguments: [1, 7, 8, 9, 15, 16, 17, 49, 64, 65], Activation.allCases)
    func global(pixels: Int, preActivation: Activation) {
        let channels = 9
        let pool = GlobalAveragePool(channels: channels, pixels: pixels, preActivation: preActivation)
        let input: NumberBuffer = buffer(channels * pixels, seed: 5)
        let (scale, shift): (NumberBuffer, NumberBuffer) = (buffer(channels, seed: 6), buffer(channels, seed: 7))
        var random = SplitMix64(seed: 8)
        let planes = IndexBuffer((0..<channels).map { _ in Int.random(in: 0..<channels, using: &random) })
        for normalizes in [true, false] {
            let (actual, expected) = (NumberBuffer(count: channels), NumberBuffer(count: channels))
            func operands(_ output: NumberBuffer) -> PoolingOperands<Number> {
                PoolingOperands(
                    input: input.readOnly, inputPlaneStride: pixels, inputPlanes: planes.readOnly,
                    normalization: normalizes ? Normalization(scale: scale.readOnly, shift: shift.readOnly) : nil,
                    output: output.pointer, outputPlaneStride: 1)
            }
            for range in [0..<4, 4..<9] { pool.run(Number.self, operands(actual), channels: range) }
            pool.runReference(Number.self, operands(expected))
            for channel in 0..<channels {
                // Each of two sums of `pixels` terms of at most 2, one rounding for each term, one or two for the mean.
                let bound = Float(2 * (pixels + 3)) * Float(Number.ulpOfOne) * 2
                let (a, e) = (Float(actual.pointer[channel]), Float(expected.pointer[channel]))
                #expect(
                    abs(a - e) <= bound, "\(pixels) pixels, \(preActivation), channel \(channel): \(a), not \(e)")
            }
            #expect(actual.guardsAreIntact)
        }
        keepAlive(input, scale, shift, planes)
    }

    @Test("Global average of NaN and infinity", arguments: [1, 8, 9, 20])
    func globalStrange(pixels: Int) {
        let pool = GlobalAveragePool(channels: 3, pixels: pixels, preActivation: .relu)
        for (value, place) in [(Float.nan, 0), (.nan, pixels - 1), (.infinity, pixels / 2)] {
            let input = NumberBuffer(count: 3 * pixels) { $0 == pixels + place ? value : 1 }
            let one = NumberBuffer(count: 3) { _ in 1 }
            let output = NumberBuffer(count: 3)
            let operands = PoolingOperands(
                input: input.readOnly, inputPlaneStride: pixels,
                normalization: Normalization(scale: one.readOnly, shift: one.readOnly), output: output.pointer,
                outputPlaneStride: 1)
            pool.run(Number.self, operands, channels: 0..<3)
            keepAlive(input, one)
            #expect(output.pointer[0] == 2 && output.pointer[2] == 2)
            #expect(value.isNaN ? output.pointer[1].isNaN : output.pointer[1] == .infinity)
        }
    }

    @Test(
        "Maximum", arguments: [(2, 2, 0), (3, 2, 1), (3, 1, 1), (3, 3, 0), (1, 1, 0), (5, 2, 2), (4, 3, 2), (2, 1, 1)],
        [1, 2, 3, 8, 13, 16, 17, 18, 19, 31, 32, 33, 34, 40])
    func maximum(window: (Int, Int, Int), size: Int) {
        let (edge, stride, padding) = window
        for (width, height) in [(size, 5), (7, size), (size, 1)] {
            let pool = MaxPool(inputWidth: width, inputHeight: height, window: edge, stride: stride, padding: padding)
            let (inputPixels, pixels) = (width * height, pool.width * pool.height)
            check(inputPixels: inputPixels, pixels: pixels, strange: true, "\(window), \(height)×\(width)") {
                pool.run(
                    Number.self, input: $0, inputPlaneStride: inputPixels, output: $1, outputPlaneStride: pixels,
                    planes: $2)
            } reference: {
                pool.runReference(
                    Number.self, input: $0, inputPlaneStride: inputPixels, output: $1, outputPlaneStride: pixels,
                    planes: $2)
            }
        }
    }

    @Test("The reference's maximum is that of the window's numbers, or NaN where there is one", arguments: [1, 4, 9])
    func maximumByDefinition(size: Int) {
        let pool = MaxPool(inputWidth: size, inputHeight: size, window: 3, stride: 2, padding: 1)
        let input: NumberBuffer = buffer(size * size, seed: 9, strange: true)
        let output = NumberBuffer(count: pool.width * pool.height)
        pool.runReference(
            Number.self, input: input.readOnly, inputPlaneStride: size * size, output: output.pointer,
            outputPlaneStride: 1,
            planes: 0..<1)
        for y in 0..<pool.height {
            for x in 0..<pool.width {
                let rows = (2 * y - 1...2 * y + 1).filter((0..<size).contains)
                let columns = (2 * x - 1...2 * x + 1).filter((0..<size).contains)
                let window = rows.flatMap { row in columns.map { input.pointer[row * size + $0] } }
                let actual = output.pointer[y * pool.width + x]
                #expect(window.contains(where: \.isNaN) ? actual.isNaN : actual == window.max()!)
            }
        }
    }

    @Test("Addition of planes", arguments: [1, 7, 8, 9, 15, 16, 17, 31], Activation.allCases)
    func addition(pixels: Int, activation: Activation) {
        let stride = pixels + 3
        let (a, b): (NumberBuffer, NumberBuffer) = (
            buffer(4 * stride, seed: 1, strange: true), buffer(4 * pixels, seed: 2, strange: true)
        )
        let (actual, expected) = (NumberBuffer(count: 4 * pixels, offset: 1), NumberBuffer(count: 4 * pixels))
        for planes in [0..<1, 1..<4] {
            addPlanes(
                Number.self, a.readOnly, aPlaneStride: stride, b.readOnly, bPlaneStride: pixels, output: actual.pointer,
                outputPlaneStride: pixels, pixels: pixels, planes: planes, activation: activation)
        }
        addPlanesReference(
            Number.self, a.readOnly, aPlaneStride: stride, b.readOnly, bPlaneStride: pixels, output: expected.pointer,
            outputPlaneStride: pixels, pixels: pixels, planes: 0..<4, activation: activation)
        keepAlive(a, b)
        #expect(firstDifference(actual.values, expected.values) == nil)
        #expect(actual.guardsAreIntact)
    }

    @Test("Linear layer", arguments: [0, 1, 2, 33, 128, 129, 300], [0, 1, 7, 8, 9, 31, 32, 33, 41, 71, 100])
    func linear(inputs: Int, outputs: Int) {
        for strange in [false, true] {
            let layer = Linear(inputs: inputs, outputs: outputs, activation: Activation.allCases[inputs % 3])
            let input: NumberBuffer = buffer(inputs, seed: 1, strange: strange)
            let weights: FloatBuffer = buffer(inputs * outputs, seed: 2)
            let bias: FloatBuffer = buffer(outputs, seed: 3)
            let packed = NumberBuffer(count: layer.packedCount)
            layer.pack(weights: weights.readOnly, bias: bias.readOnly, into: packed.pointer)
            let (actual, expected) = (NumberBuffer(count: outputs, offset: 1), NumberBuffer(count: outputs))
            for tile in 0..<layer.tiles {
                layer.run(
                    Number.self, input: input.readOnly, weights: packed.readOnly, output: actual.pointer,
                    tiles: tile..<tile + 1)
            }
            layer.runReference(
                Number.self, input: input.readOnly, weights: weights.readOnly, bias: bias.readOnly,
                output: expected.pointer)
            keepAlive(input, weights, bias)
            #expect(firstDifference(actual.values, expected.values) == nil, "\(inputs) → \(outputs)")
            #expect(actual.guardsAreIntact && packed.guardsAreIntact)
        }
    }
}
