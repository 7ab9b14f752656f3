import Foundations
import ModelFormat
import Testing

@testable import Condenser

/// The operations on planes, on numbers that a reader can follow.
struct EvaluatorPlanesTests {
    private func planes(_ channels: Int, _ height: Int, _ width: Int, _ values: [Double]) -> Planes {
        Planes(PlaneShape(channels: channels, height: height, width: width), values)
    }

    @Test func shuffleInterleavesTheGroups() {
        let shuffled = planes(6, 1, 1, [0, 1, 2, 3, 4, 5]).shuffled(groups: 2)
        #expect(shuffled.values == [0, 3, 1, 4, 2, 5])
        #expect(planes(6, 1, 1, [0, 1, 2, 3, 4, 5]).shuffled(groups: 3).values == [0, 2, 4, 1, 3, 5])
    }

    @Test func gatherRepeatsAndReorders() {
        let gathered = planes(3, 1, 2, [0, 1, 2, 3, 4, 5]).gathered([2, 0, 2])
        #expect(gathered.values == [4, 5, 0, 1, 4, 5])
        #expect(gathered.shape == PlaneShape(channels: 3, height: 1, width: 2))
    }

    @Test func batchNormUsesItsStatistics() {
        let norm = BatchNorm(weight: [2, -1], bias: [1, 0.5], mean: [3, 0], variance: [4 - 1e-5, 1 - 1e-5])
        let result = planes(2, 1, 2, [5, 1, 0.25, 4]).normalized(norm).activated(.relu)
        #expect(result.values == [3, 0, 0.25, 0])
    }

    @Test func notANumberStaysOne() {
        let norm = BatchNorm(weight: [1], bias: [0], mean: [0], variance: [1])
        #expect(planes(1, 1, 1, [.nan]).normalized(norm).activated(.relu).values[0].isNaN)
    }

    @Test func poolingLeavesOutAnOddEdge() {
        let pooled = planes(1, 3, 5, (0..<15).map(Double.init)).means(window: 2, stride: 2)
        #expect(pooled.values == [3, 5])
        #expect(pooled.shape == PlaneShape(channels: 1, height: 1, width: 2))
    }

    @Test func globalPoolingIsTheMean() {
        #expect(planes(2, 2, 2, [1, 2, 3, 6, -1, 0, 0, 0]).means(window: 2, stride: 2).values == [3, -0.25])
    }

    @Test(arguments: [(1, 0, 1), (2, 0, 1), (1, 1, 3), (2, 1, 3), (3, 2, 3), (1, 0, 3)])
    func convolutionIsItsDefinition(stride: Int, padding: Int, kernel: Int) throws {
        var generator = SplitMix64(seed: 11)
        let (inputs, outputs, groups, height, width) = (4, 6, 2, 5, 7)
        let input = planes(
            inputs, height, width, (0..<(inputs * height * width)).map { _ in Double(generator.nextFloat()) })
        let weights = ConvolutionWeights(
            outputs: outputs, inputsPerGroup: inputs / groups, kernel: kernel,
            values: (0..<(outputs * inputs / groups * kernel * kernel)).map { _ in Double(generator.nextFloat()) })
        let result = try input.convolved(weights, stride: stride, padding: padding)
        #expect(result.shape.height == (height + 2 * padding - kernel) / stride + 1)
        #expect(result.shape.width == (width + 2 * padding - kernel) / stride + 1)
        for output in 0..<outputs {
            for row in 0..<result.shape.height {
                for column in 0..<result.shape.width {
                    var sum = 0.0
                    for member in 0..<(inputs / groups) {
                        let channel = output / (outputs / groups) * (inputs / groups) + member
                        for tap in 0..<(kernel * kernel) {
                            let y = row * stride + tap / kernel - padding
                            let x = column * stride + tap % kernel - padding
                            guard (0..<height).contains(y), (0..<width).contains(x) else { continue }
                            sum +=
                                input.values[(channel * height + y) * width + x]
                                * weights.values[(output * inputs / groups + member) * kernel * kernel + tap]
                        }
                    }
                    let position = (output * result.shape.height + row) * result.shape.width + column
                    #expect((result.values[position] - sum).magnitude <= 1e-14)
                }
            }
        }
    }
}
