import ArgumentParser
import CommandLineSupport
import CondenseNet
import Datasets
import Foundations
import ImageInput
import ModelFormat

/// Images in, the likeliest labels out.
struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify", abstract: "Classifies images: JPEG, PNG, PPM or PGM.",
        discussion: """
            Of a folder, all files named like images are taken, also from folders below. An image that cannot be read is \
            reported, and the others are classified all the same; the exit code is then the first failure's.
            """)

    @Argument(help: "A model file.", completion: .file())
    var model: String

    @Argument(help: "Image files, folders, or - for paths on standard input, one a line.", completion: .file())
    var images: [String] = []

    @Option(help: "How many labels to print for each image.")
    var top = 5

    @Option(help: "Threads that share each image, 1 to 64, or auto.")
    var threads: ThreadChoice = .count(1)

    @Flag(help: "Print one JSON array.")
    var json = false

    @Flag(help: "Print one JSON object a line.")
    var jsonLines = false

    @Option(
        help: "After the images, classify files as they appear in this folder, until Control-C or SIGTERM.",
        completion: .directory)
    var watch: String?

    func validate() throws {
        guard top >= 1 else { throw ValidationError("--top: expected at least 1, found \(top)") }
        guard !images.isEmpty || watch != nil else { throw ValidationError("expected images, a folder, - or --watch") }
        guard !json || !jsonLines else { throw ValidationError("expected --json or --json-lines, found both") }
        guard !json || watch == nil else {
            throw ValidationError("--watch: expected --json-lines or text, found --json, an array without an end")
        }
    }

    func run() throws {
        let loaded = try loadModel(model)
        let classifier = try reporting(model) { try Classifier(try threads.session(try ExecutionPlan(loaded))) }
        // Watched from here on, so that no file is missed while the images are classified.
        let folderWatch = try watch.map(FolderWatch.init)
        Interruption.handle()
        if folderWatch != nil { Termination.handle() }
        let run = ClassificationRun(
            classifier: classifier, top: top,
            output: ClassificationOutput(json ? .array : jsonLines ? .lines : .text))
        for argument in images { try run.classify(argument: argument) }
        if let folderWatch {
            StandardError.write(line: "watching \(watch!)")
            while let path = try folderWatch.next() { try run.classify(path) }
        }
        try run.output.finish()
        if Interruption.isRequested {
            throw CommandFailure(.interrupted, "interrupted after \(run.output.count) images")
        }
        if !Termination.isRequested, let failure = run.firstFailure { throw failure.alreadyReported }
    }
}

/// Classifies one image after the other until the program is asked to end.
private final class ClassificationRun {
    let classifier: Classifier
    let top: Int
    private(set) var output: ClassificationOutput
    private(set) var firstFailure: CommandFailure?

    init(classifier: Classifier, top: Int, output: ClassificationOutput) {
        self.classifier = classifier
        self.top = top
        self.output = output
    }

    /// Classifies an image, a folder's images, or, for `-`, what standard input names.
    ///
    /// - Throws: `CommandFailure` when standard output cannot be written.
    func classify(argument: String) throws {
        guard argument == "-" else { return try classify(fileOrFolder: argument) }
        var lines = InputLines()
        while let line = noting({ try lines.next() }) ?? nil {
            if !line.isEmpty { try classify(fileOrFolder: line) }
        }
    }

    private func classify(fileOrFolder path: String) throws {
        guard Folder.kind(path) == .folder else { return try classify(path) }
        let images = noting {
            let images = try ImageFiles.under(path)
            guard !images.isEmpty else { throw CommandFailure(.noInput, "\(path): expected images, found none") }
            return images
        }
        for image in images ?? [] { try classify(image) }
    }

    /// Classifies an image file, unless the program has been asked to end.
    ///
    /// - Throws: `CommandFailure` when standard output cannot be written.
    func classify(_ path: String) throws {
        guard !Interruption.isRequested, !Termination.isRequested else { return }
        if let answer = noting({ try reporting(path) { try answer(path) } }) { try output.write(answer) }
    }

    private func answer(_ path: String) throws -> Classification {
        try classifier.prepare(try RGBImage.decode(path: path))
        let start = monotonicNanoseconds()
        let predictions = try classifier.predict(top: top)
        return Classification(
            image: path, predictions: predictions, milliseconds: Double(monotonicNanoseconds() - start) / 1e6)
    }

    /// What `body` gives; a failure is reported and remembered.
    private func noting<Result>(_ body: () throws -> Result) -> Result? {
        do {
            return try body()
        } catch {
            let failure = error as? CommandFailure ?? CommandFailure(error, path: "condensenet")
            failure.warn()
            firstFailure = firstFailure ?? failure
            return nil
        }
    }
}
