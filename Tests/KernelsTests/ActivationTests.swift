import ModelFormat
import Testing

@testable import Kernels

@Suite("Activations")
struct ActivationTests {
    private static let values: [Number] = [
        .nan, -.nan, -0.0, 0, -1, 1, .infinity, -.infinity, -tiny, tiny, -3, 3, -2.999, 2.999, -3.001, 3.001,
        -huge, huge, 0.5, -0.5, 5, -5, 256 * tiny, 6,
    ]
    private static let (huge, tiny) = (Number.greatestFiniteMagnitude / 8, 16 * Number.leastNonzeroMagnitude)

    /// The activation of each value: of vectors of eight, of sixteen, of the widest tile, and alone.
    private func results(_ activation: Activation) -> [[Number]] {
        func vectors<P: PixelVectors<Number>>(_: P.Type) -> [Number] {
            let source = NumberBuffer(count: 96) { Float(Self.values[$0 % Self.values.count]) }
            let results = NumberBuffer(count: 96)
            for first in stride(from: 0, to: 96, by: P.width) {
                activation.applied(to: P(loading: source.readOnly + first)).store(to: results.pointer + first)
            }
            keepAlive(source)
            return Array(results.values.prefix(Self.values.count))
        }
        return [
            vectors(Pixels8<Number>.self), vectors(Number.Pixels16.self), vectors(Number.WidePixels.self),
            Self.values.map { activation.applied(to: $0) },
        ]
    }

    @Test("NaN passes through ReLU, and what is below zero becomes zero")
    func relu() {
        for results in results(.relu) {
            for (value, result) in zip(Self.values, results) {
                #expect(value.isNaN ? result.isNaN : result == max(value, 0), "\(value)")
            }
        }
    }

    @Test("Hard swish is PyTorch's to rounding: NaN and −∞ become NaN, +∞ stays")
    func hardSwish() {
        for results in results(.hardSwish) {
            for (value, result) in zip(Self.values, results) {
                let x = Double(value)
                if value.isNaN || value == -.infinity {
                    #expect(result.isNaN, "\(value)")
                } else if value == .infinity {
                    #expect(result == .infinity)
                } else {
                    let expected = x * min(max(x + 3, 0), 6) / 6
                    let bound = Double(Number.ulpOfOne) * abs(x) + Double(Number.leastNonzeroMagnitude)
                    #expect(abs(Double(result) - expected) <= bound, "\(value): \(result), not \(expected)")
                }
            }
        }
    }

    @Test("Without an activation every value stays")
    func none() {
        for results in results(.none) {
            for (value, result) in zip(Self.values, results) {
                #expect(value.isNaN ? result.isNaN : result == value && result.sign == value.sign)
            }
        }
    }

    @Test("Rows are normalised and activated in place, and nothing beside them", arguments: Activation.allCases)
    func rows(activation: Activation) {
        for count in [0, 1, 7, 8, 9, 15, 16, 17, 24] {
            let row = NumberBuffer(count: count, offset: 1) { Float(Self.values[$0]) }
            let (scale, shift): ([Number], [Number]) = ([9, -0.5], [9, 0.25])
            let expected = (0..<count).map { activation.applied(to: multiplyAdd(0.25, Self.values[$0], -0.5)) }
            scale.withUnsafeBufferPointer { scale in
                shift.withUnsafeBufferPointer { shift in
                    activateRow(
                        row.pointer, count: count,
                        Normalization(scale: scale.baseAddress!, shift: shift.baseAddress!), channel: 1, activation)
                }
            }
            #expect(firstDifference(row.values, expected) == nil, "\(count) pixels")
            #expect(row.guardsAreIntact)
        }
    }
}
