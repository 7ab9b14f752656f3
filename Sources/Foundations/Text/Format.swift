import Glibc

/// Numbers as people read them.
package enum Format {
    /// `value` with `digits` decimals.
    package static func fixed(_ value: Double, _ digits: Int) -> String {
        withVaList([Int32(digits), value]) { arguments in
            String(unsafeUninitializedCapacity: 512) { buffer in
                buffer.withMemoryRebound(to: CChar.self) { Int(vsnprintf($0.baseAddress, $0.count, "%.*f", arguments)) }
            }
        }
    }

    /// An integer with commas between thousands.
    package static func grouped(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var text = ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return value < 0 ? "-" + text : text
    }

    /// How many of what: `1 image`, `1,200 images`.
    package static func counted(_ count: Int, _ noun: String) -> String {
        "\(grouped(count)) \(noun)\(count == 1 ? "" : noun.hasSuffix("s") ? "es" : "s")"
    }

    /// Millions with three decimals.
    package static func millions(_ value: Int) -> String { fixed(Double(value) / 1e6, 3) + " M" }

    /// Bytes in KiB, MiB or GiB.
    package static func bytes(_ count: Int) -> String {
        switch count {
        case ..<(1 << 20): fixed(Double(count) / 1024, 1) + " KiB"
        case ..<(1 << 30): fixed(Double(count) / Double(1 << 20), 1) + " MiB"
        default: fixed(Double(count) / Double(1 << 30), 1) + " GiB"
        }
    }

    /// A fraction as per cent with a sign.
    package static func signedPercent(_ fraction: Double) -> String {
        (fraction < 0 ? "−" : "+") + fixed(100 * fraction.magnitude, 1) + " %"
    }
}
