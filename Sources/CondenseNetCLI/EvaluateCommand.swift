import ArgumentParser
import CondenseNet
import ModelFormat

/// Accuracy over a labelled data set.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measures top-1 and top-5 accuracy over a data set.",
        discussion: "The data set is a folder of idx files, compressed or not: t10k-* is the test split.")

    @Argument(help: "A model file.", completion: .file())
    var model: String

    @Argument(help: "A folder of idx files.", completion: .directory)
    var dataset: String

    @Option(help: "test or train.")
    var split: Split = .test

    @Option(help: "Stop after this many images.")
    var limit: Int?

    @Option(help: "Threads that share each image, or auto.")
    var threads: ThreadChoice = .count(1)

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit: expected at least 1, found \(limit)") }
    }

    func run() throws {
        let loaded = try loadModel(model)
        let images = try open(dataset)
        guard images.classes <= loaded.description.classes else {
            throw CommandFailure(
                .badData,
                "\(dataset): expected labels below \(loaded.description.classes), found \(images.classes - 1)")
        }
        let classifier = try reporting(model) { try Classifier(try threads.session(try ExecutionPlan(loaded))) }
        Interruption.handle()
        var accuracy = Accuracy()
        let total = min(limit ?? images.count, images.count)
        var progress = ProgressBar("evaluate", total: total)
        for index in 0..<total where !Interruption.isRequested {
            let predictions = try reporting(dataset) {
                try classifier.classify(try images.image(index), top: 5)
            }
            accuracy.add(predictions, label: images.label(index))
            progress.update(index + 1, note: "top-1 \(Accuracy.percent(accuracy.top1)) %")
        }
        progress.clear()
        try StandardOutput.write(json ? accuracy.json.text(expandedLevels: 1) + "\n" : accuracy.text)
        if Interruption.isRequested {
            throw CommandFailure(.interrupted, "interrupted after \(accuracy.images) of \(total) images")
        }
    }

    private func open(_ folder: String) throws -> any Dataset {
        guard IdxDataset.recognizes(folder) else {
            throw CommandFailure(.noInput, "\(folder): expected a folder of idx files, found none")
        }
        return try IdxDataset(folder: folder, split: split)
    }
}

extension Split: ExpressibleByArgument {}

/// Counts right answers.
struct Accuracy {
    private(set) var images = 0
    private var first = 0
    private var firstFive = 0

    mutating func add(_ predictions: [Prediction], label: Int) {
        images += 1
        if predictions.first?.index == label { first += 1 }
        if predictions.contains(where: { $0.index == label }) { firstFive += 1 }
    }

    /// The fraction whose likeliest class is right.
    var top1: Double { images == 0 ? 0 : Double(first) / Double(images) }
    /// The fraction whose class is among the five likeliest.
    var top5: Double { images == 0 ? 0 : Double(firstFive) / Double(images) }

    static func percent(_ fraction: Double) -> String { Format.fixed(100 * fraction, 2) }

    var text: String {
        "images  \(Format.grouped(images))\ntop-1   \(Self.percent(top1)) %\ntop-5   \(Self.percent(top5)) %\n"
    }

    var json: JSONValue {
        ["schema_version": 1, "images": .integer(images), "top1": .number(top1), "top5": .number(top5)]
    }
}
