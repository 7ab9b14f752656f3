extension StringProtocol {
    /// Cells that a terminal takes for the text: two for an ideograph or an emoji, none for a combining mark.
    package var displayWidth: Int {
        utf8.allSatisfy { $0 < 0x80 } ? utf8.count : reduce(0) { $0 + $1.displayWidth }
    }

    /// The text within `width` cells; of a longer one the beginning and the end, with an ellipsis between.
    package func shortened(to width: Int) -> String {
        guard displayWidth > width else { return String(self) }
        guard width > 1 else { return width == 1 ? "…" : "" }
        func taken(_ characters: some Sequence<Character>, _ room: Int) -> [Character] {
            var left = room
            return Array(
                characters.prefix { character in
                    left -= character.displayWidth
                    return left >= 0
                })
        }
        let tail = taken(reversed(), (width - 1) / 2)
        let head = taken(self, width - 1 - (width - 1) / 2)
        return String(head) + "…" + String(tail.reversed())
    }

    /// The text in lines of at most `width` cells, broken between words where that is possible; `nil` leaves it as it is.
    package func wrapped(width: Int?) -> String {
        guard let width, width > 0, displayWidth > width else { return String(self) }
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in split(separator: " ", omittingEmptySubsequences: false) {
            var word = word[...]
            if used > 0, used + 1 + word.displayWidth > width {
                lines.append(line)
                (line, used) = ("", 0)
            } else if used > 0 {
                line += " "
                used += 1
            }
            while word.displayWidth > width {
                let room = word.prefix(width)
                lines.append(String(room))
                word = word.dropFirst(room.count)
            }
            line += word
            used += word.displayWidth
        }
        return (lines + [line]).joined(separator: "\n")
    }
}

extension Character {
    /// Cells that a terminal takes for the character.
    fileprivate var displayWidth: Int {
        guard let scalar = unicodeScalars.first else { return 0 }
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if scalar.properties.isEmojiPresentation { return 2 }
        // The wide ranges of Unicode's UAX #11.
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
