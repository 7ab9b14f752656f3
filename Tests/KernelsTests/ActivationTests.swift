import ModelFormat
import Testing

@testable import Kernels

@Suite("Activations")
struct ActivationTests {
    private static let values: [Float] = [
        .nan, -.nan, -0.0, 0, -1, 1, .infinity, -.infinity, -0x1p-140, 0x1p-140, -3, 3, -2.999, 2.999, -3.001, 3.001,
        -1e30, 1e30, 0.5, -0.5, 5, -5, 1e-20, 6,
    ]

    /// The activation of each value: of vectors of eight, of sixteen, of the widest tile, and alone.
    private func results(_ activation: Activation) -> [[Float]] {
        func vectors<P: PixelVectors<Float>>(_: P.Type) -> [Float] {
            let source = GuardedBuffer(count: 96) { Self.values[$0 % Self.values.count] }
            let results = GuardedBuffer(count: 96)
            for first in stride(from: 0, to: 96, by: P.width) {
                activation.applied(to: P(loading: source.readOnly + first)).store(to: results.pointer + first)
            }
            keepAlive(source)
            return Array(results.values.prefix(Self.values.count))
        }
        return [
            vectors(Pixels8<Float>.self), vectors(Float.Pixels16.self), vectors(Float.WidePixels.self),
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
                    let bound = 0x1p-23 * abs(x) + 0x1p-149
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
            let row = GuardedBuffer(count: count, offset: 1) { Self.values[$0] }
            let (scale, shift): ([Float], [Float]) = ([9, -0.5], [9, 0.25])
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
