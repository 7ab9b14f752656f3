import ArgumentParser
import Classifying
import CommandLineSupport
import CondenseNet
import Foundations
import Measuring

/// Images in, the likeliest labels out.
struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify", abstract: "Classifies images: JPEG, PNG, WebP, PPM or PGM.",
        discussion: """
            Of a folder, all files named like images are taken, also from folders below. An image that cannot be read is \
            reported, and the others are classified all the same; the exit code is then the first failure's.
            """)

    @Argument(help: "A model file.", completion: .file())
    var model: String

    @Argument(
        help: "Image files, folders, or -: an image on standard input, or paths there, one a line.",
        completion: .file())
    var images: [String] = []

    @Option(help: ArgumentHelp("How many labels to print for each image.", valueName: "n"))
    var top = 5

    @Option(
        help: ArgumentHelp(
            "Print only labels of at least this probability, from 0 to 1; none is 'unknown'.", valueName: "p"))
    var threshold: Float = 0

    @Option(help: ArgumentHelp("Threads that share each image, 1 to 64, or auto.", valueName: "n"))
    var threads: ThreadChoice = .count(1)

    @Option(
        help: ArgumentHelp("Images that are classified at once, 1 to 64; answers keep their order.", valueName: "n"))
    var jobs = 1

    @OptionGroup var pictures: ImageOptions
    @OptionGroup var processors: ProcessorOptions

    @Flag(
        name: [.customShort("0"), .customLong("null")], help: "Paths on standard input end with NUL, not a new line.")
    var null = false

    @Flag(help: "Print one JSON array.")
    var json = false

    @Flag(help: "Print one JSON object a line.")
    var jsonLines = false

    @OptionGroup var stream: FrameOptions

    @Option(
        help: ArgumentHelp(
            "After the images, classify files as they appear in this folder and those below, until Control-C or SIGTERM.",
            valueName: "folder"),
        completion: .directory)
    var watch: String?

    @Option(
        help: ArgumentHelp(
            "With --watch: look for new files every so many seconds, for file systems that tell of none.",
            valueName: "seconds"))
    var poll: Double?

    func validate() throws {
        guard top >= 1 else { throw ValidationError("--top: expected at least 1, found \(top)") }
        guard (0...1).contains(threshold) else {
            throw ValidationError("--threshold: expected a probability from 0 to 1, found \(threshold)")
        }
        guard (1...Session.maximumThreads).contains(jobs) else {
            throw ValidationError("--jobs: expected 1 to \(Session.maximumThreads), found \(jobs)")
        }
        guard !images.isEmpty || watch != nil else { throw ValidationError("expected images, a folder, - or --watch") }
        guard !json || !jsonLines else { throw ValidationError("expected --json or --json-lines, found both") }
        guard !json || watch == nil else {
            throw ValidationError("--watch: expected --json-lines or text, found --json, an array without an end")
        }
        if stream.format != nil {
            guard images == ["-"] else { throw ValidationError("--frames: expected - and no other images") }
            guard watch == nil, !null, !json else {
                throw ValidationError("--frames: expected no --watch, -0 or --json")
            }
        }
        guard poll == nil || watch != nil else { throw ValidationError("--poll: expected --watch as well") }
        if let poll, !(0.01...86_400).contains(poll) {
            throw ValidationError("--poll: expected 0.01 to 86400 seconds, found \(poll)")
        }
        guard !null || images.contains("-") else { throw ValidationError("-0: expected - among the images as well") }
        guard images.filter({ $0 == "-" }).count <= 1 else { throw ValidationError("-: expected once, found twice") }
    }

    func run() throws {
        try processors.pin()
        let loaded = try loadTrainedModel(model)
        let classifiers = try reporting(model) {
            let plan = try ExecutionPlan(consuming: loaded)
            let first = try threads.session(plan)
            return [try Classifier(first)]
                + (try (1..<jobs).map { _ in try Classifier(try Session(plan: plan, threads: first.threads)) })
        }
        // Watched from here on, so that no file is missed while the images are classified.
        let folderWatch = try watch.map { try FolderWatch($0, poll: poll) }
        Interruption.handle()
        if folderWatch != nil || stream.format != nil { Termination.handle() }
        let run = ClassificationRun(
            classifiers, top: top, threshold: threshold, limits: pictures.limits,
            isLive: stream.format != nil && !stream.everyFrame,
            output: ClassificationOutput(json ? .array : jsonLines || stream.format != nil ? .lines : .text))
        if let frames = stream.format {
            try run.classifyFrames(frames, every: stream.everyFrame)
        } else {
            for argument in images { try run.classify(argument: argument, separatedByNUL: null) }
        }
        if let folderWatch {
            try run.drain()
            StandardError.write(line: "watching \(watch!)")
            while true {
                if !folderWatch.hasPending { try run.drain() }
                guard let path = try folderWatch.next() else { break }
                try run.classify(.init(name: path))
            }
        }
        try run.finish()
        if Interruption.isRequested {
            throw CommandFailure(.interrupted, "interrupted after \(Format.counted(run.count, "image"))")
        }
        if !Termination.isRequested, let failure = run.firstFailure { throw failure.alreadyReported }
    }
}
