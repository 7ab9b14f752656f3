import CommandLineSupport
import Foundations
import Datasets
import ModelFormat

/// What `evaluate` prints.
struct EvaluationReport {
    private let evaluation: Evaluation
    private let labels: [String]
    private let accuracy: Accuracy

    init(_ evaluation: Evaluation, model: ModelDescription) {
        self.evaluation = evaluation
        let classes = max(model.classes, evaluation.dataset.classes)
        var labels = (0..<classes).map(String.init)
        // Where the network has no labels, folders have names.
        for folder in evaluation.dataset.folders where folder.index < classes { labels[folder.index] = folder.name }
        for (index, label) in model.labels.enumerated() { labels[index] = label }
        self.labels = labels
        accuracy = Accuracy(evaluation, classes: classes)
    }

    /// Images that were classified.
    var images: Int { accuracy.all.images }

    private var imagesPerSecond: Double { evaluation.seconds > 0 ? Double(images) / evaluation.seconds : 0 }

    /// Classes of which images were classified.
    private var seen: [Int] { accuracy.classes.indices.filter { accuracy.classes[$0].images > 0 } }

    private static func percent(_ fraction: Double) -> String { Format.fixed(100 * fraction, 2) + " %" }

    /// Over all images; nil, a dash, and null in JSON where none was classified.
    private var accuracyOfAll: (top1: Double, top5: Double)? {
        images > 0 ? (accuracy.all.top1, accuracy.all.top5) : nil
    }

    /// For people.
    var text: String {
        let failed = evaluation.failures.isEmpty ? "" : "  (\(Format.grouped(evaluation.failures.count)) more failed)"
        let workers = Format.counted(evaluation.workers, "thread")
        return """
            images  \(Format.grouped(images))\(failed)
            top-1   \(accuracyOfAll.map { Self.percent($0.top1) } ?? "–")
            top-5   \(accuracyOfAll.map { Self.percent($0.top5) } ?? "–")
            speed   \(Format.fixed(imagesPerSecond, 1)) images/s  (\(workers), \(Format.fixed(evaluation.seconds, 1)) s)

            """ + classTable + confusionTable
    }

    private var classTable: String {
        guard !seen.isEmpty else { return "" }
        // Of many classes, those that the network knows least.
        let shown =
            seen.count <= 20
            ? seen : Array(seen.sorted { (accuracy.classes[$0].top1, $0) < (accuracy.classes[$1].top1, $1) }.prefix(10))
        var table = TextTable([.left("class"), .right("images", rank: 2), .right("top-1"), .right("top-5", rank: 1)])
        for index in shown {
            let tally = accuracy.classes[index]
            table.append([
                labels[index], Format.grouped(tally.images), Self.percent(tally.top1), Self.percent(tally.top5),
            ])
        }
        let title = shown.count < seen.count ? "The \(shown.count) worst of \(seen.count) classes\n" : ""
        return "\n" + title + table.text(width: Terminal.outputWidth)
    }

    private var confusionTable: String {
        guard !accuracy.confusions.isEmpty else { return "" }
        var table = TextTable([.left("class"), .left("taken for"), .right("images"), .right("share", rank: 1)])
        for confusion in accuracy.confusions.prefix(10) {
            let share = Double(confusion.count) / Double(accuracy.classes[confusion.label].images)
            table.append([
                labels[confusion.label], labels[confusion.predicted], Format.grouped(confusion.count),
                Self.percent(share),
            ])
        }
        return "\n" + table.text(width: Terminal.outputWidth)
    }

    /// For programs: fractions are of the images that were classified.
    var json: JSONValue {
        [
            "schema_version": 1,
            "dataset": .string(evaluation.dataset.kind),
            "images": .integer(images),
            "failed": .integer(evaluation.failures.count),
            "top1": accuracyOfAll.map { .number($0.top1) } ?? .null,
            "top5": accuracyOfAll.map { .number($0.top5) } ?? .null,
            "complete": .bool(images + evaluation.failures.count == evaluation.total),
            "threads": .integer(evaluation.workers),
            "seconds": .number(evaluation.seconds),
            "images_per_second": .number(imagesPerSecond),
            "per_class": .array(
                seen.map {
                    [
                        "index": .integer($0), "label": .string(labels[$0]),
                        "images": .integer(accuracy.classes[$0].images),
                        "top1": .number(accuracy.classes[$0].top1), "top5": .number(accuracy.classes[$0].top5),
                    ]
                }),
            "folders": .array(
                evaluation.dataset.folders.map {
                    ["folder": .string($0.name), "index": .integer($0.index), "label": .string(labels[$0.index])]
                }),
            "remarks": .array(evaluation.dataset.remarks.map(JSONValue.string)),
            "confusions": .array(
                accuracy.confusions.prefix(100).map {
                    [
                        "label": .string(labels[$0.label]), "predicted": .string(labels[$0.predicted]),
                        "index": .integer($0.label), "predicted_index": .integer($0.predicted),
                        "images": .integer($0.count),
                    ]
                }),
            "failures": .array(
                evaluation.failures.map {
                    [
                        "image": .string(evaluation.dataset.name(evaluation.index($0.position))),
                        "error": .string($0.cause.message),
                    ]
                }),
        ]
    }

    /// One line for each image, after a line of titles: what was answered, or why nothing was.
    var predictions: String {
        var text = "image,label,prediction,probability,in_top5,label_name,prediction_name,top5,error\n"
        let failures = Dictionary(uniqueKeysWithValues: evaluation.failures.map { ($0.position, $0.cause.message) })
        for position in 0..<evaluation.total {
            let outcome = evaluation.outcome(position)
            guard outcome.state != .pending else { continue }
            let index = evaluation.index(position)
            let label = evaluation.dataset.label(index)
            text += CSV.field(evaluation.dataset.name(index)) + ",\(label)"
            if let failure = failures[position] {
                text += ",,,,\(CSV.field(labels[label])),,,\(CSV.field(failure))\n"
                continue
            }
            let topFive = outcome.topFive.indices.map { outcome.topFive[$0] }.filter { $0 >= 0 }.map(String.init)
            text += ",\(outcome.predicted),\(outcome.probability),\(outcome.isInTopFive(label) ? 1 : 0)"
            text += ",\(CSV.field(labels[label])),\(CSV.field(labels[Int(outcome.predicted)]))"
            text += ",\(topFive.joined(separator: " ")),\n"
        }
        return text
    }

    /// Which class each folder was taken for, where its name is not the label; empty where all are.
    static func folderTable(_ dataset: any Dataset, labels: [String], width: Int?) -> String {
        let folders = dataset.folders
        guard folders.contains(where: { $0.index >= labels.count || labels[$0.index] != $0.name }) else { return "" }
        var table = TextTable([.left("folder"), .right("class"), .left("label")])
        for folder in folders.prefix(shownFolders) {
            let label = folder.index < labels.count ? labels[folder.index] : "–"
            table.append([folder.name.onOneLine, "\(folder.index)", label.onOneLine])
        }
        let rest = folders.count - shownFolders
        return table.text(width: width) + (rest > 0 ? "and \(rest) more folders; --json lists all\n" : "")
    }

    private static let shownFolders = 40
}
