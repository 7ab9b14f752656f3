/// Text between commas, as RFC 4180 has it.
package enum CSV {
    /// `text` as a field: in quotes where something in it would end a field or begin quotes; after an apostrophe where a
    /// spreadsheet would take it for a formula.
    ///
    /// It goes by Unicode's scalars, as readers do: a quote followed by a combining mark is a quote.
    package static func field(_ text: String) -> String {
        // What a spreadsheet computes, it could be made to send elsewhere.
        let isFormula = text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
        let text = isFormula ? "'" + text : text
        guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
        var field = "\"".unicodeScalars
        for scalar in text.unicodeScalars {
            if scalar == "\"" { field.append(scalar) }
            field.append(scalar)
        }
        field.append("\"")
        return String(field)
    }
}
