extension JSONValue {
    /// The value as JSON text: members in order, numbers in their shortest round-trip form.
    ///
    /// - Parameter expandedLevels: how many outer levels put each element on a line of its own, indented by two spaces;
    ///   0 gives the most compact text.
    /// - Precondition: every number is finite.
    public func text(expandedLevels: Int = 0) -> String {
        var output = ""
        write(to: &output, level: 0, expandedLevels: expandedLevels)
        return output
    }

    private func write(to output: inout String, level: Int, expandedLevels: Int) {
        switch self {
        case .null: output += "null"
        case .bool(let value): output += value ? "true" : "false"
        case .integer(let value): output += String(value)
        case .number(let value):
            precondition(value.isFinite, "JSON has no number \(value)")
            output += value.description
        case .string(let value): Self.quote(value, into: &output)
        case .array(let elements):
            Self.list(elements, "[", "]", level, expandedLevels, &output) {
                $0.write(to: &$1, level: level + 1, expandedLevels: expandedLevels)
            }
        case .object(let members):
            Self.list(members, "{", "}", level, expandedLevels, &output) {
                Self.quote($0.name, into: &$1)
                $1 += expandedLevels > 0 ? ": " : ":"
                $0.value.write(to: &$1, level: level + 1, expandedLevels: expandedLevels)
            }
        }
    }

    private static func list<Element>(
        _ elements: [Element], _ open: String, _ close: String, _ level: Int, _ expandedLevels: Int,
        _ output: inout String, _ body: (Element, inout String) -> Void
    ) {
        let isExpanded = level < expandedLevels && !elements.isEmpty
        func newLine(_ level: Int) -> String { "\n" + String(repeating: " ", count: 2 * level) }
        output += open
        for (position, element) in elements.enumerated() {
            if position > 0 { output += expandedLevels > 0 && !isExpanded ? ", " : "," }
            if isExpanded { output += newLine(level + 1) }
            body(element, &output)
        }
        if isExpanded { output += newLine(level) }
        output += close
    }

    private static func quote(_ text: String, into output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case "\u{0}"..<"\u{20}", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}
