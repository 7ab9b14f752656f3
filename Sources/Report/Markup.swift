/// Text that goes into HTML and SVG.
package enum Markup {
    /// `text` with the characters that mean something to a parser replaced, and control characters, which XML forbids,
    /// left out: names come from model files.
    package static func escaped(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "'": output += "&#39;"
            case "\n", "\t", "\r": output += " "
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": break
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
