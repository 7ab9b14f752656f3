import Foundations
import Testing

@Suite struct HalfTests {
    /// The value of a pattern by the definition of binary16.
    private func value(_ bits: UInt16) -> Double {
        let sign: Double = bits & 0x8000 == 0 ? 1 : -1
        let fraction = Double(bits & 0x3FF)
        switch Int(bits >> 10 & 31) {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        case let exponent:
            return sign * (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
        }
    }

    @Test func everyPatternWidensToItsValueAndNarrowsBack() {
        for bits in UInt16.min ... .max {
            let widened = Half.widen(bits)
            let expected = value(bits)
            if expected.isNaN {
                #expect(widened.isNaN && Half.narrow(widened) & 0x7E00 == 0x7E00, "\(bits)")
            } else if Double(widened) != expected || widened.sign != (bits & 0x8000 == 0 ? .plus : .minus)
                || Half.narrow(widened) != bits
            {
                Issue.record("pattern \(bits): \(widened), expected \(expected), back \(Half.narrow(widened))")
            }
        }
    }

    /// Between neighbours the nearer wins, and the even one where neither is.
    @Test func everyGapBetweenNeighboursRoundsToNearestTiesToEven() {
        for bits in UInt16(0)..<0x7BFF {
            let lower = value(bits)
            let upper = value(bits + 1)
            let middle = Float((lower + upper) / 2)
            let even = bits & 1 == 0 ? bits : bits + 1
            let results = [Half.narrow(middle.nextDown), Half.narrow(middle), Half.narrow(middle.nextUp)]
            if results != [bits, even, bits + 1] { Issue.record("between \(lower) and \(upper): \(results)") }
            let negative = [Half.narrow(-middle.nextDown), Half.narrow(-middle), Half.narrow(-middle.nextUp)]
            if negative != [bits, even, bits + 1].map({ $0 | 0x8000 }) { Issue.record("negative: \(negative)") }
        }
    }

    @Test(
        arguments: [
            (65_504, 0x7BFF), (65_519.996, 0x7BFF), (65_520, 0x7C00), (.infinity, 0x7C00), (-.infinity, 0xFC00),
            (.greatestFiniteMagnitude, 0x7C00), (-65_520, 0xFC00), (0x1p-25, 0), (0x1.000002p-25, 1), (0x1p-24, 1),
            (-0.0, 0x8000), (.leastNonzeroMagnitude, 0), (0x1.FFFFFEp-15, 0x0400),
        ] as [(Float, UInt16)])
    func edge(value: Float, bits: UInt16) { #expect(Half.narrow(value) == bits) }

    @Test func nanKeepsItsSignAndStaysQuiet() {
        #expect(Half.narrow(.nan) == 0x7E00)
        #expect(Half.narrow(Float(bitPattern: 0xFFC0_0000)) == 0xFE00)
        #expect(Half.narrow(.signalingNaN) == 0x7E00)
    }
}
