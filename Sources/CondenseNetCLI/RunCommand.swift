import ArgumentParser
import CommandLineSupport
import CondenseNet
import Foundations
import ModelFormat

/// Raw tensors in, raw logits out.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Computes logits for a NumPy file of input tensors.",
        discussion: "Reads float32 [N, 3, H, W] in C order, already normalised; writes float32 [N, classes].")

    @Argument(help: "A model or architecture file.", completion: .file())
    var model: String

    @Option(
        help: ArgumentHelp("A .npy file of float32 [N, 3, H, W].", valueName: "x.npy"),
        completion: .file(extensions: ["npy"]))
    var input: String

    @Option(
        help: ArgumentHelp("The .npy file to write, float32 [N, classes].", valueName: "y.npy"),
        completion: .file(extensions: ["npy"]))
    var output: String

    @Flag(help: "Write what the classifier reads, [N, features], instead of the logits.")
    var features = false

    @Option(help: ArgumentHelp("Threads that share each image, 1 to 64, or auto.", valueName: "n"))
    var threads: ThreadChoice = .count(1)

    func run() throws {
        var outputs = OutputFiles(inputs: [("the model", model), ("--input", input)])
        try outputs.add("--output", output, .binary)
        let loaded = try loadModel(model)
        let (shape, storage, dataOffset) = try reporting(input) { try NumpyFile.read(input) }
        let expected = loaded.description.inputShape
        guard shape.count == 4, Array(shape.dropFirst()) == [expected.channels, expected.height, expected.width] else {
            throw CommandFailure(
                .badData,
                "\(input): expected shape [N, \(expected.channels), \(expected.height), \(expected.width)], found \(shape)"
            )
        }
        var options = ExecutionPlan.Options()
        options.retainsValues = features
        let session = try reporting(model) {
            try threads.session(try ExecutionPlan(consuming: loaded, options: options))
        }
        let classes = loaded.description.classes
        guard let columns = features ? try? session.plan.featureCount : classes else {
            throw CommandFailure(.badData, "\(model): expected a linear layer that reads features, found none")
        }
        let (file, rows) = try reporting(output) { try NumpyFile.zeros(shape: [shape[0], columns]) }
        var logits = [Float](repeating: 0, count: classes)
        let image = try reporting(input) { try Storage(byteCount: 4 * expected.count) }
        try withExtendedLifetime((storage, file, image)) {
            for index in 0..<shape[0] {
                image.bytes.copyMemory(
                    from: UnsafeRawBufferPointer(
                        rebasing: storage.bytes[(dataOffset + index * image.bytes.count)...].prefix(image.bytes.count)))
                try logits.withUnsafeMutableBufferPointer {
                    try session.run(UnsafeBufferPointer(start: image.floats, count: expected.count), into: $0)
                }
                let row = features ? try session.features() : logits
                _ = UnsafeMutableBufferPointer(rebasing: rows[(index * columns)...].prefix(columns)).update(from: row)
            }
            try reporting(output) {
                try FileOutput.replace(output, with: UnsafeRawBufferPointer(file.bytes))
            }
        }
    }
}
