import Foundations
import ModelFormat
import TestSupport
import Testing

@testable import Kernels

/// One convolution with its data.
private final class SpatialData {
    let shape: Convolution3x3
    let layout: PaddedPlanes
    let input, packed, padded, output: NumberBuffer
    let weights, bias: FloatBuffer
    let description: String

    init(
        groups: Int, inputs: Int, outputs: Int, width: Int, height: Int, activation: Activation, strange: Bool = false,
        offset: Int = 0, seed: UInt64 = 1
    ) {
        description =
            "groups \(groups), inputs \(inputs), outputs \(outputs), \(height)×\(width), activation \(activation), "
            + "strange \(strange), offset \(offset), seed \(seed)"
        var buffer = RandomBuffers(seed: seed, strange: strange, offset: offset)
        shape = Convolution3x3(
            groups: groups, inputs: inputs, outputs: outputs, width: width, height: height, activation: activation)
        layout = PaddedPlanes(width: width, rows: height)
        input = buffer(groups * inputs * width * height)
        weights = buffer(groups * outputs * inputs * 9)
        bias = buffer(groups * outputs)
        packed = NumberBuffer(count: shape.packedCount, offset: offset)
        shape.pack(weights: weights.readOnly, bias: bias.readOnly, into: packed.pointer)
        padded = NumberBuffer(count: layout.count(planes: groups * inputs), offset: offset)
        layout.copy(
            to: padded.pointer, from: input.readOnly, sourcePlaneStride: width * height, planes: 0..<groups * inputs,
            height: height)
        output = NumberBuffer(count: groups * outputs * width * height, offset: offset)
    }

    var operands: Convolution3x3Operands<Number> {
        Convolution3x3Operands(
            input: padded.readOnly, inputLayout: layout, weights: packed.readOnly, output: output.pointer,
            outputPlaneStride: shape.width * shape.height)
    }

    /// Whether the kernel, run on ranges of rows and groups that cover the convolution, equals the reference.
    func check(sourceLocation: SourceLocation = #_sourceLocation) {
        let expected = NumberBuffer(count: output.count)
        let pixels = shape.width * shape.height
        shape.runReference(
            PlaneOperands(
                input: input.readOnly, inputPlaneStride: pixels, weights: packed.readOnly, output: expected.pointer,
                outputPlaneStride: pixels),
            weights: weights.readOnly, bias: bias.readOnly)
        for rowsAtOnce in [shape.height, 1, 3] {
            output.pointer.update(repeating: .nan, count: output.count)
            for group in 0..<shape.groups {
                for row in stride(from: 0, to: shape.height, by: rowsAtOnce) {
                    shape.run(
                        operands, groups: group..<group + 1, rows: row..<min(row + rowsAtOnce, shape.height))
                }
            }
            let difference = firstDifference(output.values, expected.values)
            #expect(
                difference == nil, "\(description), \(rowsAtOnce) rows at once", sourceLocation: sourceLocation)
            #expect(output.guardsAreIntact, "\(description)", sourceLocation: sourceLocation)
            #expect(padded.guardsAreIntact && packed.guardsAreIntact, sourceLocation: sourceLocation)
        }
    }
}

@Suite("3×3 convolution")
struct Convolution3x3Tests {
    @Test(
        "Any size of image",
        arguments: [1, 2, 3, 7, 8, 9, 14, 15, 16, 17, 23, 24, 25, 28, 31, 33, 40, 49, 56], [1, 2, 3, 4, 5, 7, 9])
    func sizes(width: Int, height: Int) {
        for outputs in [1, 2, 4] {
            SpatialData(
                groups: 2, inputs: 3, outputs: outputs, width: width, height: height,
                activation: Activation.allCases[width % 3],
                offset: width % 3
            ).check()
        }
    }

    @Test("Any number of inputs and outputs", arguments: [0, 1, 2, 5, 8], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12])
    func channels(inputs: Int, outputs: Int) {
        for (width, height) in [(7, 7), (18, 5)] {
            SpatialData(groups: 3, inputs: inputs, outputs: outputs, width: width, height: height, activation: .none)
                .check()
        }
    }

    @Test("NaN and infinity in any place", arguments: 1..<9 as Range<UInt64>)
    func strangeValues(seed: UInt64) {
        SpatialData(
            groups: 1, inputs: 2, outputs: 7, width: 21, height: 6, activation: Activation.allCases[Int(seed % 3)],
            strange: true, seed: seed
        ).check()
    }

    @Test("A band of rows equals the same rows of the whole")
    func bands() {
        let data = SpatialData(groups: 1, inputs: 3, outputs: 7, width: 19, height: 12, activation: .none)
        data.check()
        let whole = data.output.values
        let band = PaddedPlanes(width: 19, rows: 5)
        let buffer = NumberBuffer(count: band.count(planes: 3))
        band.copy(
            to: buffer.pointer, from: data.input.readOnly, sourcePlaneStride: 19 * 12, planes: 0..<3, height: 12,
            firstRow: 7)
        let output = NumberBuffer(count: data.output.count) { Float(whole[$0]) }
        for plane in 0..<7 {
            (output.pointer + plane * 19 * 12 + 8 * 19).update(repeating: .nan, count: 3 * 19)
        }
        var operands = data.operands
        operands.input = buffer.readOnly
        operands.inputLayout = band
        operands.firstRow = 7
        operands.output = output.pointer
        data.shape.run(operands, groups: 0..<1, rows: 8..<11)
        keepAlive(data, buffer)
        #expect(firstDifference(output.values, whole) == nil)
    }

    @Test(
        "The reference lies within the rounding bound of a sum in double precision", arguments: 1..<4 as Range<UInt64>)
    func referenceBound(seed: UInt64) {
        let (inputs, width, height) = (7, 5, 4)
        let data = SpatialData(
            groups: 1, inputs: inputs, outputs: 2, width: width, height: height, activation: .none, seed: seed)
        data.check()
        for output in 0..<2 {
            for y in 0..<height {
                for x in 0..<width {
                    var sum = Double(data.bias.pointer[output])
                    var magnitude = abs(sum)
                    for (row, column) in [-1, 0, 1].flatMap({ dy in [-1, 0, 1].map { (y + dy, x + $0) } })
                    where row >= 0 && row < height && column >= 0 && column < width {
                        for input in 0..<inputs {
                            let tap = (row - y + 1) * 3 + column - x + 1
                            let product =
                                Double(data.weights.pointer[(output * inputs + input) * 9 + tap])
                                * Double(data.input.pointer[(input * height + row) * width + column])
                            sum += product
                            magnitude += abs(product)
                        }
                    }
                    let bound = Double(2 * 9 * inputs + 1) * Double(Number.ulpOfOne) * magnitude
                    let actual = Double(data.output.pointer[(output * height + y) * width + x])
                    #expect(
                        abs(actual - sum) <= bound, "seed \(seed): \(actual) instead of \(sum) at \(output), \(y), \(x)"
                    )
                }
            }
        }
    }
}
