extension String {
    /// The most bytes of an identifier.
    package static let identifierBytes = 256
    /// What `isIdentifier` asks, for error messages.
    package static let identifierRule = "a name of 1 to \(identifierBytes) printable ASCII characters without spaces"

    /// Whether the text can name something in a file: printable ASCII without spaces, of bounded length.
    ///
    /// Only such text is used as a key. Swift compares all other strings under Unicode's canonical
    /// equivalence, in time quadratic in the length of a run of combining characters.
    package var isIdentifier: Bool {
        (1...Self.identifierBytes).contains(utf8.count) && utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// Whether at most 30 combining characters follow each other, as in the Stream-Safe Text Format of Unicode's UAX #15.
    ///
    /// Such text is compared and hashed in linear time, so text from a file is refused unless it is such.
    package var isStreamSafe: Bool {
        if utf8.allSatisfy({ $0 < 0x80 }) { return true }
        var run = 0
        for scalar in unicodeScalars {
            run = scalar.properties.canonicalCombiningClass == .notReordered ? 0 : run + 1
            guard run <= 30 else { return false }
        }
        return true
    }

    /// Whether the text can be shown in a terminal or on a page as it is: it has no control characters, and none that
    /// turn the direction of writing or separate lines.
    package var isPrintable: Bool { !unicodeScalars.contains(where: \.isControl) }

    /// The text's start, on one line, for error messages: control characters escaped, at most 200 scalars.
    package var excerpt: String {
        var excerpt = ""
        for scalar in unicodeScalars.prefix(200) {
            if scalar.isControl {
                excerpt += scalar.escaped(asASCII: true)
            } else {
                excerpt.unicodeScalars.append(scalar)
            }
        }
        return unicodeScalars.dropFirst(200).isEmpty ? excerpt : excerpt + "…"
    }
}

extension StringProtocol {
    /// The text as a message may show it: on one line, and without what a terminal would obey. Names of files may hold
    /// anything, so control and format characters are written as escapes.
    package var onOneLine: String {
        var shown = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}

extension Unicode.Scalar {
    /// Whether the scalar is one of Unicode's 65 control characters, one of its twelve bidirectional controls (UAX #9), or
    /// a line or paragraph separator.
    fileprivate var isControl: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
