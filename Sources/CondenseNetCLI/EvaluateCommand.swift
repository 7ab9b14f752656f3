import ArgumentParser
import CommandLineSupport
import CondenseNet
import Datasets
import Foundations
import ModelFormat

/// Accuracy over a labelled data set.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measures top-1 and top-5 accuracy over a data set.",
        discussion: """
            The data set is told by what it holds: a folder with one folder of images for each class (or train, val \
            and test folders of such), a folder of CIFAR-10 or CIFAR-100 binary files or one such file, or a folder \
            of idx files (t10k-* is the test split). Class folders named by the model's labels are those classes; \
            others are numbered in the order of their names, if no label among them says otherwise. An image that \
            cannot be read is named, counted and left out. Control-C ends early and prints what has been counted, \
            but writes no file; the exit code is then 130.
            """)

    @Argument(help: "A model file.", completion: .file())
    var model: String

    @Argument(help: "A folder, or a CIFAR binary file.", completion: .file())
    var dataset: String

    @Option(help: "test or train.")
    var split: Split = .test

    @Option(help: "Take this many images only: the first, or of class folders evenly spread ones.")
    var limit: Int?

    @Option(help: "How many images are worked on at once, 1 to 64, or auto: one for each processor.")
    var threads: ThreadChoice = .automatic

    @Option(help: "A CSV file to write: each image's label and prediction.", completion: .file(extensions: ["csv"]))
    var predictions: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if json, predictions.map(OutputPath.isStandardOutput) == true {
            throw ValidationError("--predictions: expected a file, found -, where --json is printed")
        }
        if let limit, limit < 1 { throw ValidationError("--limit: expected at least 1, found \(limit)") }
    }

    func run() throws {
        var outputs = OutputFiles(inputs: [("the model", model), ("the data set", dataset)])
        try outputs.add("--predictions", predictions, .text)
        let loaded = try loadModel(model)
        let images = try DatasetReader.open(
            dataset, split: split,
            for: NetworkClasses(count: loaded.description.classes, labels: loaded.description.labels))
        outputs = OutputFiles(inputs: images.files.map { ("a file of the data set", $0) })
        try outputs.add("--predictions", predictions, .text)
        let evaluation = try reporting(model) {
            try Evaluation(try ExecutionPlan(loaded), dataset: images, limit: limit, workers: threads.workers)
        }
        Interruption.handle()
        try reporting(model) { try evaluation.run() }
        let report = EvaluationReport(evaluation, model: loaded.description)
        if predictions.map(OutputPath.isStandardOutput) == true {
            StandardError.write(report.text)
        } else {
            try StandardOutput.write(json ? report.json.text(expandedLevels: 2) + "\n" : report.text)
        }
        if let predictions, !Interruption.isRequested { try OutputPath.write(report.predictions, to: predictions) }
        if Interruption.isRequested {
            throw CommandFailure(
                .interrupted,
                "interrupted after \(report.images + evaluation.failures.count) of \(evaluation.total) images"
                    + (predictions.map { "; \($0) was not written" } ?? ""))
        }
        // Some broken images are counted; nothing but broken images is a broken data set.
        if report.images == 0, let failure = evaluation.failures.first { throw failure.cause.alreadyReported }
    }
}

extension Split: ExpressibleByArgument {}

extension ThreadChoice {
    /// For work of which each thread does its own share: `auto` is a thread for each processor that may be used.
    fileprivate var workers: Int {
        switch self {
        case .count(let count): count
        case .automatic: min(max(Processor.allowed.count, 1), Session.maximumThreads)
        }
    }
}
