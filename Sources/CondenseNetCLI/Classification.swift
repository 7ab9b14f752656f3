import CommandLineSupport
import CondenseNet
import Foundations
import ModelFormat

/// What became of one image.
struct Classification: Sendable {
    let image: String
    /// The likeliest labels, without those below the threshold; or why there are none.
    let answer: Result<Answer, CommandFailure>

    /// What the network says.
    struct Answer: Sendable {
        let predictions: [Prediction]
        /// The network's time, decoding and preprocessing not counted.
        let milliseconds: Double
    }

    /// For people; `nil` of an image that failed, of which standard error tells.
    var text: String? {
        guard case .success(let answer) = answer else { return nil }
        var text = "\(image.onOneLine)  (\(Format.fixed(answer.milliseconds, 2)) ms)\n"
        for prediction in answer.predictions {
            let percent = Format.fixed(Double(prediction.probability) * 100, 2)
            text += String(repeating: " ", count: 8 - percent.count) + "\(percent) %  \(prediction.label.onOneLine)\n"
        }
        return answer.predictions.isEmpty ? text + "            unknown\n" : text
    }

    var json: JSONValue {
        switch answer {
        case .failure(let failure): ["image": .string(image), "error": .string(failure.message)]
        case .success(let answer):
            [
                "image": .string(image),
                "predictions": .array(
                    answer.predictions.map {
                        [
                            "label": .string($0.label), "index": .integer($0.index),
                            "probability": .float($0.probability),
                        ]
                    }),
                "milliseconds": .number(answer.milliseconds),
            ]
        }
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
