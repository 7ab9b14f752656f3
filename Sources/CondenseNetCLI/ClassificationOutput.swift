import Classifying
import CommandLineSupport
import Foundations

/// Prints answers as they come, so that any number of images takes the memory of one.
struct ClassificationOutput {
    enum Style {
        case text
        /// One JSON array of all answers.
        case array
        /// One JSON object a line.
        case lines
    }

    let style: Style
    private var count = 0

    init(_ style: Style) { self.style = style }

    /// - Throws: `CommandFailure` when standard output cannot be written.
    mutating func write(_ answer: Classification) throws {
        switch style {
        case .text: try answer.text.map { try StandardOutput.write($0) }
        case .array: try StandardOutput.write((count == 0 ? "[\n  " : ",\n  ") + answer.json.text())
        case .lines: try StandardOutput.write(answer.json.text() + "\n")
        }
        try StandardOutput.flush()
        count += 1
    }

    /// Ends the array.
    ///
    /// - Throws: `CommandFailure` when standard output cannot be written.
    func finish() throws {
        if style == .array { try StandardOutput.write(count == 0 ? "[]\n" : "\n]\n") }
    }
}
