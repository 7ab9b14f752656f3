import CommandLineSupport
import CondenseNet
import Foundations
import ModelFormat

/// One image's answer.
struct Classification {
    let image: String
    let predictions: [Prediction]
    /// The network's time, decoding and preprocessing not counted.
    let milliseconds: Double

    var text: String {
        var text = "\(image.onOneLine)  (\(Format.fixed(milliseconds, 2)) ms)\n"
        for prediction in predictions {
            let percent = Format.fixed(Double(prediction.probability) * 100, 2)
            text += String(repeating: " ", count: 8 - percent.count) + "\(percent) %  \(prediction.label)\n"
        }
        return text
    }

    var json: JSONValue {
        [
            "image": .string(image),
            "predictions": .array(
                predictions.map {
                    [
                        "label": .string($0.label), "index": .integer($0.index), "probability": .float($0.probability),
                    ]
                }),
            "milliseconds": .number(milliseconds),
        ]
    }
}

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
    private(set) var count = 0

    init(_ style: Style) { self.style = style }

    /// - Throws: `CommandFailure` when standard output cannot be written.
    mutating func write(_ answer: Classification) throws {
        switch style {
        case .text: try StandardOutput.write(answer.text)
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
