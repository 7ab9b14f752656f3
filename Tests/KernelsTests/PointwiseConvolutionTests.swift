import Foundations
import ModelFormat
import TestSupport
import Testing

@testable import Kernels

/// One convolution with its data, run by the kernel and by the reference.
private struct PointwiseCase: CustomTestStringConvertible {
    var groups = 1
    var inputs = 3
    var outputs = 4
    var width = 8
    var height = 1
    var normalizes = true
    var preActivation = Activation.relu
    var gathers = true
    var shuffles = false
    var activation = Activation.relu
    var accumulates = false
    var padded = false
    var strange = false
    var offset = 0
    var seed: UInt64 = 1

    var testDescription: String {
        "groups \(groups), inputs \(inputs), outputs \(outputs), \(height)×\(width), normalizes \(normalizes), pre-activation \(preActivation), "
            + "gathers \(gathers), shuffles \(shuffles), activation \(activation), accumulates \(accumulates), padded \(padded), "
            + "strange \(strange), offset \(offset), seed \(seed)"
    }

    var shape: PointwiseConvolution {
        PointwiseConvolution(
            groups: groups, inputs: inputs, outputs: outputs, width: width, height: height,
            preActivation: preActivation, activation: activation, accumulates: accumulates)
    }
}

/// Buffers of a case; the input ends with the last pixel of its last plane.
private final class PointwiseData {
    let shape: PointwiseConvolution
    let input, packed, output: NumberBuffer
    let weights, bias, scale, shift: FloatBuffer
    let inputPlanes, outputPlanes: IndexBuffer
    let normalization: Normalization<Float>?
    let operands: PointwiseOperands<Number>
    private let gathered: GatheredBuffer
    let layout: PaddedPlanes

    init(_ test: PointwiseCase) {
        var random = SplitMix64(seed: test.seed)
        let shape = test.shape
        self.shape = shape
        let pixels = test.width * test.height
        let planes = max(1, test.groups * test.inputs)
        func buffer<Element>(_ count: Int) -> GuardedBuffer<Element> {
            GuardedBuffer(count: count, offset: test.offset) { _ in
                test.strange ? random.strangeValue() : random.value()
            }
        }
        input = buffer(planes * pixels)
        weights = buffer(test.groups * test.outputs * test.inputs)
        bias = buffer(test.groups * test.outputs)
        scale = buffer(planes)
        shift = buffer(planes)
        packed = NumberBuffer(count: shape.packedCount, offset: test.offset)
        if !test.normalizes {
            scale.pointer.update(repeating: 1, count: planes)
            shift.pointer.update(repeating: 0, count: planes)
        }
        let factors = Normalization(scale: scale.readOnly, shift: shift.readOnly)
        // Where the pre-activation is computed, one and zero must be given.
        normalization = test.normalizes || shape.computesInputs ? factors : nil
        shape.pack(weights: weights.readOnly, bias: bias.readOnly, normalization: normalization, into: packed.pointer)
        let channels = test.groups * test.outputs
        layout = PaddedPlanes(width: max(1, test.width), rows: max(1, test.height))
        let outputStride = test.padded ? layout.planeStride : pixels
        output = NumberBuffer(
            count: test.padded ? layout.count(planes: channels) : channels * pixels, offset: test.offset
        ) { _ in test.accumulates ? random.value() : .nan }
        inputPlanes = IndexBuffer(
            (0..<planes).map { test.gathers ? Int.random(in: 0..<planes, using: &random) : $0 })
        outputPlanes = IndexBuffer(
            (0..<channels).map {
                // Of the planes that are added to, some take several results and some none.
                guard !test.accumulates else { return Int.random(in: 0..<channels, using: &random) }
                return test.shuffles ? $0 % test.outputs * test.groups + $0 / test.outputs : $0
            })
        gathered = GatheredBuffer(shape, planes: inputPlanes.readOnly, normalization: normalization)
        operands = PointwiseOperands(
            input: input.readOnly, inputPlaneStride: pixels, inputs: gathered.inputs, weights: packed.readOnly,
            output: output.pointer,
            outputLayout: test.padded ? .padded(layout, firstRow: 0) : .planes(planeStride: outputStride),
            outputPlanes: outputPlanes.readOnly)
    }

    /// Runs the kernel on row and group ranges that cover the convolution.
    func run(rowsAtOnce: Int, groupsAtOnce: Int) {
        let scratch = NumberBuffer(count: shape.scratchCount, offset: 3)
        for group in stride(from: 0, to: shape.groups, by: groupsAtOnce) {
            for row in stride(from: 0, to: shape.height, by: rowsAtOnce) {
                shape.run(
                    operands, groups: group..<min(group + groupsAtOnce, shape.groups),
                    rows: row..<min(row + rowsAtOnce, shape.height), scratch: scratch.pointer)
            }
        }
        #expect(scratch.guardsAreIntact)
    }

    /// The pixels of all output planes, without gaps.
    var pixels: [Number] {
        guard case .padded = operands.outputLayout else { return output.values }
        return (0..<shape.groups * shape.outputs).flatMap { plane in
            (0..<shape.height).flatMap { y in
                (0..<shape.width).map { x in
                    output.pointer[plane * layout.planeStride + layout.origin + y * layout.rowStride + x]
                }
            }
        }
    }
}

@Suite("Pointwise convolution")
struct PointwiseConvolutionTests {
    private func check(_ test: PointwiseCase) {
        let expected = PointwiseData(test)
        expected.shape.runReference(
            expected.operands, weights: expected.weights.readOnly, bias: expected.bias.readOnly,
            normalization: expected.normalization)
        for (rows, groups) in [(max(1, test.height), max(1, test.groups)), (1, 1), (3, 2)] {
            // Sums that share a plane are added in the order of the groups.
            let groups = test.accumulates ? max(1, test.groups) : groups
            let actual = PointwiseData(test)
            actual.run(rowsAtOnce: rows, groupsAtOnce: groups)
            let difference = firstDifference(actual.pixels, expected.pixels)
            #expect(difference == nil, "\(test.testDescription), \(rows) rows and \(groups) groups at once")
            #expect(actual.output.guardsAreIntact && actual.packed.guardsAreIntact, "\(test.testDescription)")
        }
    }

    @Test(
        "Any number of pixels",
        arguments: [
            (1, 1), (2, 1), (7, 1), (8, 1), (9, 1), (15, 1), (16, 1), (17, 1), (23, 1), (24, 1), (25, 1), (31, 1),
            (32, 1), (33, 1), (47, 1), (48, 1), (49, 1), (1, 30), (2, 11), (3, 7), (7, 7), (14, 14), (28, 5), (13, 21),
        ])
    func pixels(width: Int, height: Int) {
        for padded in [false, true] {
            for offset in [0, 1] {
                check(
                    PointwiseCase(
                        groups: 2, inputs: 5, outputs: 9, width: width, height: height, padded: padded, offset: offset))
            }
        }
    }

    @Test(
        "Any number of inputs and outputs", arguments: [0, 1, 2, 3, 4, 5, 8, 9, 17],
        [0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 34, 61])
    func channels(inputs: Int, outputs: Int) {
        for (width, height, preActivation) in [
            (5, 1, .relu), (7, 7, .relu), (7, 7, .none), (7, 7, .hardSwish), (41, 2, .relu), (41, 2, .none),
            (41, 2, .hardSwish),
        ] as [(Int, Int, Activation)] {
            check(
                PointwiseCase(
                    groups: 3, inputs: inputs, outputs: outputs, width: width, height: height,
                    preActivation: preActivation, shuffles: true))
        }
    }

    @Test("Groups of four outputs in padded rows of whole tiles", arguments: [16, 32, 48, 112], [1, 2, 5])
    func fourOutputs(width: Int, height: Int) {
        for inputs in [0, 1, 2, 5] {
            for (preActivation, activation) in [
                (.relu, .relu), (.relu, .none), (.none, .relu), (.relu, .hardSwish), (.hardSwish, .relu),
            ] as [(Activation, Activation)] {
                check(
                    PointwiseCase(
                        groups: 3, inputs: inputs, outputs: 4, width: width, height: height,
                        preActivation: preActivation, shuffles: true, activation: activation, padded: true))
            }
        }
    }

    @Test("Results are added to planes that several of them share", arguments: 1..<51)
    func accumulation(pixels: Int) {
        for (inputs, outputs, preActivation) in [
            (1, 2, .relu), (2, 6, .hardSwish), (3, 9, .none), (16, 13, .relu), (5, 4, .hardSwish),
        ] as [(Int, Int, Activation)] {
            for (width, height) in [(pixels, 1), (pixels, 3)] {
                check(
                    PointwiseCase(
                        groups: 4, inputs: inputs, outputs: outputs, width: width, height: height,
                        preActivation: preActivation, activation: .none, accumulates: true, offset: pixels % 3,
                        seed: UInt64(pixels)))
            }
        }
        check(
            PointwiseCase(
                groups: 2, inputs: 3, outputs: 5, width: pixels, height: 2, activation: .none, accumulates: true,
                strange: true, seed: UInt64(pixels)))
    }

    @Test("Many inputs", arguments: [91, 92, 130, 484, 1025])
    func manyInputs(inputs: Int) {
        check(PointwiseCase(inputs: inputs, outputs: 5, width: 29, height: 9, padded: true))
    }

    @Test("Every combination of options", arguments: 0..<32)
    func options(bits: Int) {
        func bit(_ index: Int) -> Bool { bits >> index & 1 == 1 }
        for preActivation in Activation.allCases {
            for activation in Activation.allCases {
                check(
                    PointwiseCase(
                        groups: 4, inputs: 6, outputs: 8, width: 9, height: 6, normalizes: bit(0),
                        preActivation: preActivation, gathers: bit(1), shuffles: bit(2), activation: activation,
                        padded: bit(3), strange: bit(4), offset: bits % 8))
            }
        }
    }

    @Test("NaN and infinity in any place", arguments: 1..<9 as Range<UInt64>)
    func strangeValues(seed: UInt64) {
        check(
            PointwiseCase(
                groups: 2, inputs: 9, outputs: 6, width: 25, height: 3,
                preActivation: Activation.allCases[Int(seed % 3)], activation: Activation.allCases[Int(seed / 3)],
                strange: true, seed: seed))
    }

    @Test("An image without pixels, rows or groups is left alone")
    func empty() {
        check(PointwiseCase(width: 0, height: 4))
        check(PointwiseCase(width: 4, height: 0))
        check(PointwiseCase(groups: 0))
    }

    @Test(
        "A folded scale, shift and ReLU is the same function, however small or large its factors",
        arguments: [0, -0.0, 1, -1, 0.3, -2.5, 1e-20, -1e-20, 1e-38, 0x1p-149, -0x1p-149, 1e20, -1e20] as [Float])
    func foldedActivation(scale: Float) {
        for shift in [0, 1, -1, 0.7, 1e-30, -1e-30, 1e30, -1e30, 0x1p-149] as [Float] {
            let folded = withUnsafePointer(to: scale) { scale in
                withUnsafePointer(to: shift) { shift in
                    FoldedActivation<Float>(Normalization(scale: scale, shift: shift), entry: 0, .relu)
                }
            }
            for weight in [1, -0.6, 3] as [Float] {
                for x in [0, 1, -1, 0.5, -2, 100, -1e6] as [Float] {
                    let bounded = folded.rises ? max(x, folded.bound) : min(x, folded.bound)
                    let actual = Double(folded.weight(weight)) * Double(bounded) + folded.bias(weight)
                    let scaled = Double(x) * Double(scale)
                    let expected = Double(weight) * max(0, scaled + Double(shift))
                    let magnitude = Double(abs(weight)) * (abs(scaled) + 2 * Double(abs(shift)))
                    // What a subnormal weight or bound lacks in digits.
                    let tiny = 0x1p-86 + 0x1p-149 * Double(abs(weight * scale))
                    #expect(
                        abs(actual - expected) <= 0x1p-23 * magnitude + tiny,
                        "\(scale), \(shift), \(weight), \(x): \(actual) instead of \(expected)")
                }
            }
        }
    }

    @Test(
        "The reference lies within the rounding bound of a sum in double precision", arguments: 1..<5 as Range<UInt64>)
    func referenceBound(seed: UInt64) {
        let test = PointwiseCase(
            groups: 2, inputs: 60, outputs: 3, width: 5, height: 2, gathers: false, activation: .none, seed: seed)
        let data = PointwiseData(test)
        data.shape.runReference(
            data.operands, weights: data.weights.readOnly, bias: data.bias.readOnly, normalization: data.normalization)
        for channel in 0..<6 {
            for pixel in 0..<10 {
                var sum = Double(data.bias.pointer[channel])
                var magnitude = abs(sum)
                for input in 0..<60 {
                    let entry = channel / 3 * 60 + input
                    let scaled = Double(data.input.pointer[entry * 10 + pixel]) * Double(data.scale.pointer[entry])
                    let value = max(0, scaled + Double(data.shift.pointer[entry]))
                    let weight = Double(data.weights.pointer[channel * 60 + input])
                    sum += value * weight
                    magnitude += (abs(scaled) + 2 * Double(abs(data.shift.pointer[entry]))) * abs(weight)
                }
                let bound = Double(60 + 4) * Double(Number.ulpOfOne) / 2 * magnitude
                let actual = Double(data.output.pointer[channel * 10 + pixel])
                #expect(abs(actual - sum) <= bound, "seed \(seed): \(actual) instead of \(sum) at \(channel), \(pixel)")
            }
        }
    }
}
