import ArgumentParser
import CommandLineSupport
import CondenseNet
import Datasets
import Foundations
import ImageInput
import Measuring
import ModelFormat

/// Accuracy over a labelled data set.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measures top-1 and top-5 accuracy over a data set.",
        discussion: """
            The data set is told by what it holds: a folder with one folder of images for each class (or train, val \
            and test folders of such), a folder of CIFAR-10 or CIFAR-100 binary files or one such file, or a folder \
            of idx files (t10k-* is the test split). Class folders named by the model's labels, whatever \
            their case, blanks, _, - and /, are those classes; others are numbered in the order of their names, if no \
            label among them says otherwise, which is said. An image that cannot be read is named, counted and left \
            out, and the exit code is then the first one's. Control-C ends early and prints what has been counted, \
            but writes no file; the exit code is then 130.
            """)

    @Argument(help: "A model file.", completion: .file())
    var model: String

    @Argument(help: "A folder, or a CIFAR binary file.", completion: .file())
    var dataset: String

    @Option(
        help: ArgumentHelp("test, train or val; by default val where there is one, else test.", valueName: "part"))
    var split: Split?

    @Option(
        help: ArgumentHelp(
            "Take this many images only: the first, or of class folders evenly spread ones.", valueName: "n"))
    var limit: Int?

    @Option(
        help: ArgumentHelp(
            "How many images are worked on at once, 1 to 64, or auto: one for each processor.", valueName: "n"))
    var threads: ThreadChoice = .automatic

    @Option(
        help: ArgumentHelp(
            "A CSV file to write, or -: each image's label and prediction, or why there is none.", valueName: "file.csv"
        ),
        completion: .file(extensions: ["csv"]))
    var predictions: String?

    @Option(
        help: ArgumentHelp(
            "Which class each folder is: JSON, or lines of a folder's name and a class's label or number.",
            valueName: "file"), completion: .file())
    var labelsMap: String?

    @Option(
        help: ArgumentHelp(
            "Number the folders in the order of their names, bytewise (name: 1, 10, 2) or by numbers in them (natural: 1, 2, 10); by default those that labels name are those classes.",
            valueName: "order"))
    var classOrder: ClassOrder?

    @Flag(help: "Take a data set that has more or fewer classes than the network.")
    var allowClassMismatch = false

    @Flag(help: "Leave pixels as they are stored, whatever Exif says, as torchvision's loader does.")
    var ignoreOrientation = false

    @OptionGroup var pictures: ImageOptions
    @OptionGroup var processors: ProcessorOptions

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if json, predictions.map(OutputPath.isStandardOutput) == true {
            throw ValidationError("--predictions: expected a file, found -, where --json is printed")
        }
        if let limit, limit < 1 { throw ValidationError("--limit: expected at least 1, found \(limit)") }
    }

    func run() throws {
        try processors.pin()
        var outputs = OutputFiles(
            inputs: [("the model", model), ("the data set", dataset)] + (labelsMap.map { [("--labels-map", $0)] } ?? [])
        )
        try outputs.add("--predictions", predictions, .text)
        let loaded = try loadTrainedModel(model)
        let images = try openDataset(loaded.description)
        outputs = OutputFiles(inputs: images.files.map { ("a file of the data set", $0) })
        try outputs.add("--predictions", predictions, .text)
        var limits = pictures.limits
        limits.ignoresOrientation = ignoreOrientation
        let evaluation = try reporting(model) {
            try Evaluation(
                try ExecutionPlan(consuming: loaded), dataset: images, limit: limit, workers: threads.workers,
                limits: limits)
        }
        Interruption.handle()
        evaluation.run()
        let report = EvaluationReport(evaluation, model: loaded.description)
        if predictions.map(OutputPath.isStandardOutput) == true {
            StandardError.write(report.text)
        } else {
            try StandardOutput.write(json ? report.json.text(expandedLevels: 2) + "\n" : report.text)
        }
        if let predictions, !Interruption.isRequested { try OutputPath.write(report.predictions, to: predictions) }
        if Interruption.isRequested {
            let done = report.images + evaluation.failures.count
            throw CommandFailure(
                .interrupted,
                "interrupted after \(done) of \(Format.counted(evaluation.total, "image"))"
                    + (predictions.map { "; \($0) was not written" } ?? ""))
        }
        // As classify ends: a broken image is counted and named, and the exit code is the first one's.
        if let failure = evaluation.failures.first { throw failure.cause.alreadyReported }
    }

    /// Opens the data set, and says what its folders were taken for.
    private func openDataset(_ description: ModelDescription) throws -> any Dataset {
        var options = DatasetOptions(
            classes: NetworkClasses(count: description.classes, labels: description.labels))
        options.split = split
        options.order = classOrder
        options.map = try labelsMap.map { try LabelsMap(path: $0) }
        options.allowsMismatch = allowClassMismatch
        let images = try DatasetReader.open(dataset, options)
        StandardError.write(
            EvaluationReport.folderTable(images, labels: description.labels, width: Terminal.errorWidth))
        for remark in images.remarks { StandardError.warn(remark) }
        return images
    }
}

extension Split: ExpressibleByArgument {}

extension ClassOrder: ExpressibleByArgument {}

extension ThreadChoice {
    /// For work of which each thread does its own share: `auto` is a thread for each processor that may be used.
    fileprivate var workers: Int {
        switch self {
        case .count(let count): count
        case .automatic: min(max(ProcessorQuota.usableProcessors, 1), Session.maximumThreads)
        }
    }
}
