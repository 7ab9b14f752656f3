import Foundations
import ModelFormat
import TestSupport
import Testing

@testable import Kernels

/// One convolution with its data.
private final class WinogradData {
    let shape: Winograd3x3
    let planeStride: Int
    let input, packed, output, scratch: NumberBuffer
    let weights, bias: FloatBuffer
    let description: String

    init(
        groups: Int, inputs: Int, outputs: Int, width: Int, height: Int, activation: Activation = .none,
        strange: Bool = false,
        offset: Int = 0, blocksAtOnce: Int? = nil, seed: UInt64 = 1
    ) {
        description =
            "groups \(groups), inputs \(inputs), outputs \(outputs), \(height)×\(width), activation \(activation), "
            + "strange \(strange), offset \(offset), seed \(seed)"
        var buffer = RandomBuffers(seed: seed, strange: strange, offset: offset)
        shape = Winograd3x3(
            groups: groups, inputs: inputs, outputs: outputs, width: width, height: height, activation: activation,
            blocksAtOnce: blocksAtOnce)
        planeStride = width * height + 3
        input = buffer(groups * inputs * planeStride + Winograd3x3.inputSlack)
        weights = buffer(groups * outputs * inputs * 9)
        bias = buffer(groups * outputs)
        packed = NumberBuffer(count: shape.packedCount, offset: offset)
        shape.pack(weights: weights.readOnly, bias: bias.readOnly, into: packed.pointer)
        output = NumberBuffer(count: groups * outputs * planeStride, offset: offset)
        scratch = NumberBuffer(count: shape.scratchCount, offset: offset)
    }

    private func operands(_ output: NumberBuffer) -> PlaneOperands<Number> {
        PlaneOperands(
            input: input.readOnly, inputPlaneStride: planeStride, weights: packed.readOnly, output: output.pointer,
            outputPlaneStride: planeStride)
    }

    /// Whether the kernel equals its reference, writes nothing but pixels and stays within its buffers.
    func check(sourceLocation: SourceLocation = #_sourceLocation) {
        let expected = NumberBuffer(count: output.count) { _ in -7 }
        shape.runReference(operands(expected), weights: weights.readOnly, bias: bias.readOnly)
        for tilesAtOnce in [shape.tiles, 1, 2] {
            output.pointer.update(repeating: -7, count: output.count)
            scratch.pointer.update(repeating: .nan, count: scratch.count)
            for tile in stride(from: 0, to: shape.tiles, by: max(1, tilesAtOnce)) {
                shape.run(
                    operands(output), tiles: tile..<min(tile + tilesAtOnce, shape.tiles), scratch: scratch.pointer)
            }
            let difference = firstDifference(output.values, expected.values)
            #expect(difference == nil, "\(description), \(tilesAtOnce) tiles at once", sourceLocation: sourceLocation)
            #expect(output.guardsAreIntact && scratch.guardsAreIntact, "\(description)", sourceLocation: sourceLocation)
            #expect(input.guardsAreIntact && packed.guardsAreIntact, sourceLocation: sourceLocation)
        }
    }
}

@Suite("3×3 convolution by Winograd F(4, 3)")
struct Winograd3x3Tests {
    @Test(
        "Any size of image", arguments: [1, 2, 3, 6, 7, 8, 9, 14, 15, 16, 17, 28, 31, 32, 33, 56],
        [1, 2, 3, 4, 5, 7, 8, 9, 12, 14])
    func sizes(width: Int, height: Int) {
        WinogradData(
            groups: 2, inputs: 3, outputs: 4, width: width, height: height, activation: Activation.allCases[width % 3],
            offset: width % 3
        ).check()
    }

    @Test("Any number of inputs and outputs", arguments: [0, 1, 2, 5, 8], [0, 1, 2, 3, 4, 5, 7, 8, 9, 12])
    func channels(inputs: Int, outputs: Int) {
        for (width, height) in [(7, 7), (18, 5)] {
            WinogradData(groups: 3, inputs: inputs, outputs: outputs, width: width, height: height).check()
        }
    }

    @Test("Any number of blocks at once", arguments: [1, 2, 3, 4, 5], [3, 5, 8, 14, 16, 19, 24])
    func blocks(blocksAtOnce: Int, width: Int) {
        for height in 13...16 {
            WinogradData(
                groups: 1, inputs: 5, outputs: 4, width: width, height: height, activation: .relu,
                blocksAtOnce: blocksAtOnce
            ).check()
        }
    }

    @Test("NaN and infinity in any place", arguments: 1..<9 as Range<UInt64>)
    func strangeValues(seed: UInt64) {
        WinogradData(
            groups: 1, inputs: 2, outputs: 7, width: seed % 2 == 0 ? 21 : 5, height: 5 + Int(seed % 4),
            activation: Activation.allCases[Int(seed % 3)],
            strange: true, seed: seed
        ).check()
    }

    @Test("Results lie within the stated bound of the exact sums", arguments: 1..<6 as Range<UInt64>)
    func bound(seed: UInt64) {
        let (inputs, width, height) = (40, 5, seed % 2 == 0 ? 8 : 6)
        let data = WinogradData(groups: 1, inputs: inputs, outputs: 3, width: width, height: height, seed: seed)
        data.check()
        for output in 0..<3 {
            for y in 0..<height {
                for x in 0..<width {
                    let (exact, bound) = Self.exactSum(data, output, y, x)
                    let actual = Double(data.output.pointer[output * data.planeStride + y * width + x])
                    #expect(abs(actual - exact) <= bound, "seed \(seed): \(actual), not \(exact), at \(y), \(x)")
                }
            }
        }
    }

    /// One sum in double precision, and the bound of its rounding errors.
    private static func exactSum(_ data: WinogradData, _ output: Int, _ y: Int, _ x: Int) -> (Double, Double) {
        let shape = data.shape
        let (a, b) = (2.0 / 3, 1.5)
        let row = y % 4
        let isShort = y / 4 * 4 + 2 >= shape.height
        let (near, far) = ([1, a, a * a, a * a * a][row], isShort ? 0 : [1, b, b * b, b * b * b][row])
        let results: [Double] = [row == 0 ? 1 : 0, near, near, far, far, row == (isShort ? 1 : 3) ? 1 : 0]
        let ofTwo = b * b - a * a
        let inputs: [[Double]] =
            isShort
            ? [
                [1, 0, b * b, 0, 0, 0], [0, a * ofTwo, ofTwo, 0, 0, 0], [0, a * ofTwo, ofTwo, 0, 0, 0],
                [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [0, a * a, 0, 1, 0, 0],
            ]
            : [
                [1, 0, 97.0 / 36, 0, 1, 0], [0, b, b * b, a, 1, 0], [0, b, b * b, a, 1, 0],
                [0, a, a * a, b, 1, 0], [0, a, a * a, b, 1, 0], [0, 1, 0, 97.0 / 36, 0, 1],
            ]
        let (normA, normB) = (2 * a * a * (b * b - a * a), 2 * b * b * (b * b - a * a))
        let taps: [[Double]] = [
            [1, 0, 0], [1 / normA, a / normA, a * a / normA], [1 / normA, a / normA, a * a / normA],
            [1 / normB, b / normB, b * b / normB], [1 / normB, b / normB, b * b / normB], [0, 0, 1],
        ]
        func pixel(_ input: Int, _ y: Int, _ x: Int) -> Double {
            guard y >= 0, y < shape.height, x >= 0, x < shape.width else { return 0 }
            return Double(data.input.pointer[input * data.planeStride + y * shape.width + x])
        }
        var sum = Double(data.bias.pointer[output])
        var magnitude = abs(sum)
        for input in 0..<shape.inputs {
            for dx in 0..<3 {
                let kernel = (0..<3).map {
                    Double(data.weights.pointer[(output * shape.inputs + input) * 9 + 3 * $0 + dx])
                }
                let column = (0..<6).map { pixel(input, y / 4 * 4 - 1 + $0, x + dx - 1) }
                for dy in 0..<3 { sum += kernel[dy] * column[row + dy] }
                for point in 0..<6 {
                    let tap = (0..<3).reduce(0.0) { $0 + taps[point][$1] * abs(kernel[$1]) }
                    let value = (0..<6).reduce(0.0) { $0 + inputs[point][$1] * abs(column[$1]) }
                    magnitude += results[point] * tap * value
                }
            }
        }
        return (sum, Double(3 * shape.inputs + 16) * Double(Number.ulpOfOne) / 2 * magnitude)
    }
}
