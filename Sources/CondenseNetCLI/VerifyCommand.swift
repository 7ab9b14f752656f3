import ArgumentParser
import CommandLineSupport
import CondenseNet
import Foundations
import ModelFormat

/// The proof that travels with a model file.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Recomputes a model's stored sample answers on this machine.",
        discussion: """
            The converter stores what the source network answers to a seeded input, as computed by an evaluator that shares \
            no code with this program. Exit code 70 when this machine's answers differ.
            """)

    @Argument(help: "A model file.", completion: .file())
    var model: String

    @Option(help: ArgumentHelp("Threads that share the image, 1 to 64, or auto.", valueName: "n"))
    var threads: ThreadChoice = .count(1)

    func run() throws {
        let loaded = try loadModel(model)
        guard let sample = loaded.description.sample else {
            throw CommandFailure(.badData, "\(model): expected stored answers, found an architecture file")
        }
        let session = try reporting(model) { try threads.session(try ExecutionPlan(consuming: loaded)) }
        let input = try reporting(model) { try sample.input(loaded.description.inputShape) }
        let logits = try reporting(model) { try session.logits(input) }
        let difference = zip(logits, sample.logits).map { ($0 - $1).magnitude }.max() ?? 0
        // `max` may pass over a NaN.
        let passed = sample.agree(with: logits)
        let verdict = passed ? "pass" : "FAIL"
        let text = """
            \(verdict): \(logits.count) logits of the seeded input (seed \(sample.seed)); largest difference \(difference) \
            of \(sample.magnitude), allowed \(sample.allowedDifference)
            """
        try StandardOutput.write(text.wrapped(width: Terminal.outputWidth) + "\n")
        guard passed else {
            throw CommandFailure(.internal, "\(model): this machine does not compute the network that was converted")
        }
    }
}
