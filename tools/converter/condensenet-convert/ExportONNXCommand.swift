import ArgumentParser
import CommandLineSupport
import Condenser
import Foundations
import ModelFormat

/// `condensenet-convert export-onnx MODEL -o FILE.onnx`.
struct ExportONNXCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-onnx", abstract: "Write a model as ONNX, to check and time it in other runtimes.",
        discussion: """
            An architecture file gets seeded random weights. The input is called "input", float32 [N, 3, H, W], and the \
            output "logits"; preprocessing and labels are in the metadata.
            """)

    @Argument(help: "A model file or an architecture file.")
    var model: String

    @Option(name: .shortAndLong, help: "Where to write the ONNX file.")
    var output: String

    func run() throws {
        try checkOutput(output, inputs: [("the model", model)])
        let bytes: [UInt8]
        do {
            bytes = try ONNXExporter.bytes(path: model)
        } catch {
            throw CommandFailure(error, path: model)
        }
        try bytes.withUnsafeBytes { try FileOutput.replace(output, with: $0) }
        try StandardOutput.write(
            "\(output): \(Format.grouped(bytes.count)) bytes, ONNX operator set \(ONNXExporter.operatorSet)\n")
    }
}
