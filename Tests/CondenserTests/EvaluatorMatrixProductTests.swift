import CArmadillo
import Foundations
import ModelFormat
import Testing

@testable import Condenser

/// Armadillo behind its C interface.
struct EvaluatorMatrixProductTests {
    @Test(arguments: [
        [1, 1, 1], [2, 3, 4], [5, 1, 7], [1, 9, 1], [4, 4, 4], [3, 8, 1], [1, 6, 5], [17, 33, 65], [2, 0, 3],
    ]) func productIsTheSumOfProducts(size: [Int]) throws {
        let (rows, inner, columns) = (size[0], size[1], size[2])
        var generator = SplitMix64(seed: 5)
        let left = (0..<(rows * inner)).map { _ in Double(generator.nextFloat()) }
        let right = (0..<(inner * columns)).map { _ in Double(generator.nextFloat()) }
        let guarded = 3
        var result = [Double](repeating: 7, count: rows * columns + 2 * guarded)
        try MatrixProduct.compute(
            left[...], right[...], into: &result, at: guarded, rows: rows, inner: inner, columns: columns)
        #expect(result.prefix(guarded) == [7, 7, 7] && result.suffix(guarded) == [7, 7, 7])
        for row in 0..<rows {
            for column in 0..<columns {
                let sum = (0..<inner).reduce(0) { $0 + left[row * inner + $1] * right[$1 * columns + column] }
                // Each of the products and sums is off by at most half a unit in the last place of a number below inner.
                let bound = Double(inner * inner) * Double.ulpOfOne
                #expect((result[guarded + row * columns + column] - sum).magnitude <= bound)
            }
        }
    }

    @Test func sizesBeyondItsIntegersAreRefused() {
        let factor = [1.0]
        var result = 7.0
        let sizes = [(1, 1 << 33, 1), (1 << 33, 1, 1), (1, 1, 1 << 33)]
        for (rows, inner, columns) in sizes {
            let status = carmadillo_multiply(factor, factor, &result, rows, inner, columns)
            #expect(status == CArmadilloStatusRefused)
        }
        #expect(result == 7)
    }
}
