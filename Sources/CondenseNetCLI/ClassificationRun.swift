import Classifying
import CommandLineSupport
import CondenseNet
import Datasets
import Foundations
import ImageInput

/// Classifies images, one after the other or several at once, until the program is asked to end.
final class ClassificationRun {
    private var output: ClassificationOutput
    private let workers: ClassificationWorkers
    /// Images that are on their way at the same time, at most.
    private let depth: Int
    /// Images that were answered or failed.
    private(set) var count = 0
    private(set) var firstFailure: CommandFailure?

    /// - Parameters:
    ///   - classifiers: one for each image that is worked on at once.
    ///   - top: labels an image, at most.
    ///   - threshold: the least probability of a label that is told.
    ///   - limits: what an image may ask of the machine.
    ///   - isLive: whether images are frames that grow old while they wait.
    init(
        _ classifiers: [Classifier], top: Int, threshold: Float, limits: ImageLimits, isLive: Bool,
        output: ClassificationOutput
    ) {
        self.output = output
        // Each worker has its own.
        nonisolated(unsafe) let classifiers = classifiers
        workers = ClassificationWorkers(count: classifiers.count) { worker, image in
            image.classification(by: classifiers[worker], top: top, threshold: threshold, limits: limits)
        }
        // A frame that waits grows old, whereas another image may wait for a worker.
        depth = isLive ? max(workers.count, 1) : 2 * max(workers.count, 1) - 1
        if classifiers.count > 1, workers.count < classifiers.count {
            StandardError.warn(
                "the system starts only \(workers.count) of \(Format.counted(classifiers.count, "job")): they do the work of all"
            )
        }
    }

    private var isEnding: Bool { Interruption.isRequested || Termination.isRequested }

    /// Classifies an image, a folder's images, or, for `-`, an image on standard input or what standard input names.
    ///
    /// - Throws: `CommandFailure` when standard output cannot be written.
    func classify(argument: String, separatedByNUL: Bool) throws {
        guard argument == "-" else { return try classify(fileOrFolder: argument) }
        var lines = InputLines(separator: separatedByNUL ? 0 : UInt8(ascii: "\n"))
        if !separatedByNUL, let bytes = noting("standard input", { try lines.wholeImage() }) ?? nil {
            return try classify(SourceImage(name: "standard input", content: .encoded(bytes)))
        }
        while true {
            // Who waits for an answer before the next line gets it.
            if !lines.hasPending { try drain() }
            let line = noting("standard input") { try lines.next() }
            if line == .some(nil) || line == nil && lines.hasEnded { return }
            if let line = line ?? nil, !line.isEmpty { try classify(fileOrFolder: line) }
        }
    }

    private func classify(fileOrFolder path: String) throws {
        guard path.utf8.first != 0, Folder.kind(path) == .folder else { return try classify(SourceImage(name: path)) }
        // Problems are told of beside the images, in their order.
        try drain()
        let images = noting(path) {
            let images = try ImageFiles.under(path) { note(CommandFailure($0)) }
            guard !images.isEmpty || firstFailure != nil else {
                throw CommandFailure(.noInput, "\(path): expected images, found none")
            }
            return images
        }
        for image in images ?? [] { try classify(SourceImage(name: image)) }
    }

    /// Classifies the frames on standard input as they come: the newest ones, or every one.
    ///
    /// - Throws: `CommandFailure` when standard output cannot be written.
    func classifyFrames(_ format: StreamFormat, every: Bool) throws {
        let stream = try FrameStream(descriptor: 0, format: format, takesEveryFrame: every)
        while true {
            // Who waits for an answer before the next frame gets it.
            if !stream.hasPending { try drain() }
            guard let frame = noting("standard input", { try stream.next() }) ?? nil else { return }
            try classify(SourceImage(frame, format))
        }
    }

    /// Classifies an image, unless the program has been asked to end.
    ///
    /// - Throws: `CommandFailure` when standard output cannot be written.
    func classify(_ image: SourceImage) throws {
        guard !isEnding else { return }
        workers.submit(image)
        while workers.pending >= depth || workers.count == 0 && workers.pending > 0 { try takeOne() }
    }

    /// Waits for all answers that are on their way, and writes them.
    ///
    /// - Throws: `CommandFailure` when standard output cannot be written.
    func drain() throws {
        while workers.pending > 0 { try takeOne() }
    }

    /// Writes what is left, and ends the workers.
    ///
    /// - Throws: `CommandFailure` when standard output cannot be written.
    func finish() throws {
        try drain()
        workers.finish()
        try output.finish()
    }

    private func takeOne() throws {
        guard let classification = workers.next() else { return }
        if case .failure(let failure) = classification.answer {
            // What the user has ended did not fail.
            guard !isEnding else { return }
            note(failure)
        }
        count += 1
        try output.write(classification)
    }

    /// Reports a failure and remembers it.
    private func note(_ failure: CommandFailure) {
        failure.warn()
        firstFailure = firstFailure ?? failure
    }

    /// What `body` gives; a failure is reported and remembered.
    private func noting<Result>(_ path: String, _ body: () throws -> Result) -> Result? {
        do {
            return try body()
        } catch {
            note(CommandFailure(error, path: path))
            return nil
        }
    }
}
