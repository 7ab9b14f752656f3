import ArgumentParser
import CondenseNet
import ImageInput
import ModelFormat

/// Images in, the likeliest labels out.
struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify", abstract: "Classifies images: JPEG, PNG, PPM or PGM.",
        discussion: "An image that cannot be read is reported, and the others are classified all the same.")

    @Argument(help: "A model file.", completion: .file())
    var model: String

    @Argument(help: "Image files.", completion: .file())
    var images: [String]

    @Option(help: "How many labels to print for each image.")
    var top = 5

    @Option(help: "Threads that share each image, or auto.")
    var threads: ThreadChoice = .count(1)

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard top >= 1 else { throw ValidationError("--top: expected at least 1, found \(top)") }
    }

    func run() throws {
        let loaded = try loadModel(model)
        let classifier = try reporting(model) { try Classifier(try threads.session(try ExecutionPlan(loaded))) }
        var firstFailure: CommandFailure?
        var results: [Classification] = []
        for path in images {
            do {
                results.append(try reporting(path) { try classify(path, classifier) })
            } catch let failure as CommandFailure {
                failure.warn()
                firstFailure = firstFailure ?? failure
                continue
            }
            if !json { try StandardOutput.write(results.last!.text) }
        }
        if json { try StandardOutput.write(JSONValue.array(results.map(\.json)).text(expandedLevels: 1) + "\n") }
        if let firstFailure { throw firstFailure.alreadyReported }
    }

    private func classify(_ path: String, _ classifier: Classifier) throws -> Classification {
        try classifier.prepare(try RGBImage.decode(path: path))
        let start = monotonicNanoseconds()
        let predictions = classifier.predict(top: top)
        return Classification(
            image: path, predictions: predictions, milliseconds: Double(monotonicNanoseconds() - start) / 1e6)
    }
}

/// One image's answer.
private struct Classification {
    let image: String
    let predictions: [Prediction]
    /// The network's time, decoding and preprocessing not counted.
    let milliseconds: Double

    var text: String {
        var text = "\(image)  (\(Format.fixed(milliseconds, 2)) ms)\n"
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
