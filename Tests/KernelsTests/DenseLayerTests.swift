import Foundations
import Engine
import ModelFormat
import TestSupport
import Testing

@testable import Kernels

@Suite("Dense layer")
struct DenseLayerTests {
    /// A layer with `G` groups in both convolutions, run band by band and as two references one after the other; returns
    /// the rows of a band.
    @discardableResult
    private func check(
        channels: Int, groups: Int, growth: Int, width: Int, height: Int, bandRows: Int?, rowsAtOnce: Int, seed: UInt64,
        preActivation: Activation = .relu, strange: Bool = false
    ) -> Int {
        let description: Comment =
            """
            \(channels) channels, \(groups) groups, growth \(growth), \(height)×\(width), bands of \(bandRows ?? 0), \
            \(rowsAtOnce) rows at once, seed \(seed)
            """
        var buffer = RandomBuffers(seed: seed, strange: strange)
        let (inputs, outputs, pixels) = (channels / groups, 4 * growth / groups, width * height)
        let pointwise = PointwiseConvolution(
            groups: groups, inputs: inputs, outputs: outputs, width: width, height: height,
            preActivation: preActivation,
            activation: .relu)
        let spatial = Convolution3x3(
            groups: groups, inputs: outputs, outputs: growth / groups, width: width, height: height,
            activation: .none)
        let layer = DenseLayer(pointwise: pointwise, spatial: spatial, bandRows: bandRows)
        let stride = recommendedPlaneStride(pixels: pixels)
        let features: NumberBuffer = buffer((channels + growth) * stride)
        let expected = NumberBuffer(count: features.count) { Float(features.pointer[$0]) }
        let (scale, shift): (FloatBuffer, FloatBuffer) = (buffer(channels), buffer(channels))
        let (weights1, bias1, weights3): (FloatBuffer, FloatBuffer, FloatBuffer) = (
            buffer(outputs * channels), buffer(groups * outputs), buffer(growth * outputs * 9)
        )
        let packed1 = NumberBuffer(count: pointwise.packedCount)
        let packed3 = NumberBuffer(count: spatial.packedCount)
        let normalization = Normalization(scale: scale.readOnly, shift: shift.readOnly)
        pointwise.pack(
            weights: weights1.readOnly, bias: bias1.readOnly, normalization: normalization, into: packed1.pointer)
        spatial.pack(weights: weights3.readOnly, bias: nil, into: packed3.pointer)
        let inputPlanes = IndexBuffer((0..<channels).map { _ in Int.random(in: 0..<channels, using: &buffer.random) })
        let middlePlanes = IndexBuffer((0..<4 * growth).map { $0 % outputs * groups + $0 / outputs })
        let gathered = GatheredBuffer(pointwise, planes: inputPlanes.readOnly, normalization: normalization)

        let middle = NumberBuffer(count: 4 * growth * pixels)
        defer {
            keepAlive(scale, shift, weights1, bias1, weights3, packed1, packed3, gathered, middlePlanes, middle)
        }
        pointwise.runReference(
            PointwiseOperands(
                input: expected.readOnly, inputPlaneStride: stride, inputs: gathered.inputs,
                weights: packed1.readOnly, output: middle.pointer, outputLayout: .planes(planeStride: pixels),
                outputPlanes: middlePlanes.readOnly),
            weights: weights1.readOnly, bias: bias1.readOnly, normalization: normalization)
        spatial.runReference(
            PlaneOperands(
                input: middle.readOnly, inputPlaneStride: pixels, weights: packed3.readOnly,
                output: expected.pointer + channels * stride, outputPlaneStride: stride),
            weights: weights3.readOnly, bias: nil)

        let operands = DenseLayerOperands(
            input: features.readOnly, inputPlaneStride: stride, inputs: gathered.inputs,
            pointwiseWeights: packed1.readOnly,
            middlePlanes: middlePlanes.readOnly, spatialWeights: packed3.readOnly,
            output: features.pointer + channels * stride, outputPlaneStride: stride)
        for row in Swift.stride(from: 0, to: height, by: rowsAtOnce) {
            let scratch = NumberBuffer(count: layer.scratchCount)
            layer.run(operands, rows: row..<min(row + rowsAtOnce, height), scratch: scratch.pointer)
            #expect(scratch.guardsAreIntact, description)
        }
        for plane in 0..<channels + growth {
            let range = plane * stride..<plane * stride + pixels
            let difference = firstDifference(Array(features.values[range]), Array(expected.values[range]))
            #expect(difference == nil, description)
        }
        #expect(features.guardsAreIntact, description)
        return layer.middle.rows
    }

    @Test(
        "Shapes of the networks' stages",
        arguments: [(16, 4, 8, 24, 11), (24, 8, 8, 16, 16), (48, 4, 16, 28, 9), (40, 8, 32, 14, 14), (64, 4, 64, 7, 7)])
    func stages(channels: Int, groups: Int, growth: Int, width: Int, height: Int) {
        for bandRows in [nil, 1, 2, 3, 5] {
            for rowsAtOnce in [height, 4] {
                check(
                    channels: channels, groups: groups, growth: growth, width: width, height: height,
                    bandRows: bandRows, rowsAtOnce: rowsAtOnce, seed: 7)
            }
        }
    }

    @Test("A layer that chooses bands takes whole tiles of four rows", arguments: [42, 50])
    func ownBands(height: Int) {
        let rows = check(
            channels: 16, groups: 8, growth: 8, width: 112, height: height, bandRows: nil, rowsAtOnce: height, seed: 3)
        #expect(rows % 4 == 0 && rows < height)
    }

    @Test("Any size of image", arguments: [1, 2, 3, 5, 8, 9, 17, 25], [1, 2, 3, 6])
    func sizes(width: Int, height: Int) {
        for bandRows in [1, 2, 4] {
            check(
                channels: 6, groups: 2, growth: 6, width: width, height: height, bandRows: bandRows, rowsAtOnce: 5,
                seed: UInt64(width))
        }
    }

    @Test("Every pre-activation", arguments: Activation.allCases, [16, 24, 11])
    func preActivations(preActivation: Activation, width: Int) {
        check(
            channels: 16, groups: 4, growth: 4, width: width, height: 6, bandRows: 4, rowsAtOnce: 6, seed: 2,
            preActivation: preActivation)
    }

    @Test("NaN and infinity in any place", arguments: 1..<5 as Range<UInt64>)
    func strangeValues(seed: UInt64) {
        check(
            channels: 12, groups: 2, growth: 4, width: 11, height: 8, bandRows: 3, rowsAtOnce: 8, seed: seed,
            strange: true)
    }
}
