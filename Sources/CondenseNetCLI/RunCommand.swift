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

    @Option(help: "A .npy file of float32 [N, 3, H, W].", completion: .file(extensions: ["npy"]))
    var input: String

    @Option(help: "The .npy file to write, float32 [N, classes].", completion: .file(extensions: ["npy"]))
    var output: String

    @Option(help: "Threads that share each image, 1 to 64, or auto.")
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
        let session = try reporting(model) { try threads.session(try ExecutionPlan(loaded)) }
        let classes = loaded.description.classes
        let (file, logits) = try reporting(output) { try NumpyFile.zeros(shape: [shape[0], classes]) }
        let image = try reporting(input) { try Storage(byteCount: 4 * expected.count) }
        try withExtendedLifetime((storage, file, image)) {
            for index in 0..<shape[0] {
                image.bytes.copyMemory(
                    from: UnsafeRawBufferPointer(
                        rebasing: storage.bytes[(dataOffset + index * image.bytes.count)...].prefix(image.bytes.count)))
                session.run(
                    UnsafeBufferPointer(start: image.floats, count: expected.count),
                    into: UnsafeMutableBufferPointer(rebasing: logits[(index * classes)...].prefix(classes)))
            }
            try reporting(output) {
                try FileOutput.replace(output, with: UnsafeRawBufferPointer(file.bytes))
            }
        }
    }
}
