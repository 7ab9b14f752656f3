import Foundations
import Glibc

/// Maps values to positions along an axis.
package struct Scale {
    package let domain: ClosedRange<Double>
    package let range: (start: Double, end: Double)
    package let isLogarithmic: Bool

    /// - Precondition: the domain is not empty, and positive for a logarithmic scale.
    package init(_ domain: ClosedRange<Double>, from start: Double, to end: Double, logarithmic: Bool = false) {
        self.domain = domain
        range = (start, end)
        isLogarithmic = logarithmic
    }

    /// The value that lies `fraction` of the way along the axis.
    package func value(at fraction: Double) -> Double {
        isLogarithmic
            ? domain.lowerBound * pow(domain.upperBound / domain.lowerBound, fraction)
            : domain.lowerBound + fraction * (domain.upperBound - domain.lowerBound)
    }

    package func position(_ value: Double) -> Double {
        let fraction =
            isLogarithmic
            ? log(value / domain.lowerBound) / log(domain.upperBound / domain.lowerBound)
            : (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
        return range.start + fraction * (range.end - range.start)
    }

    /// Round values within the domain, about `count` of them; 1, 2 and 5 times powers of ten; over many
    /// powers of a logarithmic scale, the powers themselves.
    package func ticks(_ count: Int) -> [Double] {
        if isLogarithmic {
            let first = Int(log10(domain.lowerBound).rounded(.down)), last = Int(log10(domain.upperBound).rounded(.up))
            let steps: [Double] = last - first > 3 ? [1] : [1, 2, 5]
            return (first...max(first, last)).flatMap { power in steps.map { $0 * pow(10, Double(power)) } }
                .filter(domain.contains)
        }
        let rough = (domain.upperBound - domain.lowerBound) / Double(count)
        let power = pow(10, log10(rough).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? rough
        let first = (domain.lowerBound / step).rounded(.up)
        var ticks: [Double] = []
        while ticks.count < 4 * count, (first + Double(ticks.count)) * step <= domain.upperBound * (1 + 1e-9) {
            ticks.append((first + Double(ticks.count)) * step)
        }
        return ticks
    }

    /// A number with three significant digits or so, as a person would write it.
    package static func label(_ value: Double) -> String {
        switch value.magnitude {
        case 0: "0"
        case ..<0.001: "\(Float(value))"
        case ..<0.1: Format.fixed(value, 4)
        case ..<10: Format.fixed(value, 3)
        case ..<100: Format.fixed(value, 2)
        case ..<1000: Format.fixed(value, 1)
        default: Format.grouped(Int(min(max(value, -1e15), 1e15)))
        }
    }

    /// `label` without zeros at its end.
    package static func tick(_ value: Double) -> String {
        var text = label((value * 1e9).rounded() / 1e9)
        guard text.contains("."), !text.contains("e") else { return text }
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }
}
