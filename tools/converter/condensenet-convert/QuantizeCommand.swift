import ArgumentParser
import CommandLineSupport
import Condenser
import Foundations
import ModelFormat

/// `condensenet-convert quantize MODEL -o MODEL --calibrate DATASET`.
struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize", abstract: "Turn a model file of floats into one that is computed in bytes.",
        discussion: """
            Weights and values become signed bytes, at scales that the images of a data set give: those of its training part \
            where it has one. What that does to layers and answers is measured on other images and printed. The file's sample \
            answers become the byte network's own, which verify expects to the bit.
            """)

    @Argument(help: "A model file of float32 or float16.", completion: .file())
    var model: String

    @Option(name: .shortAndLong, help: "Where to write the model file.")
    var output: String

    @OptionGroup var calibration: CalibrationOptions

    func validate() throws { try calibration.validateGiven() }

    func run() throws {
        try checkOutput(output, inputs: [("the model", model), ("the data set", calibration.calibrate!)])
        let quantization: Quantization
        let calibrated: Calibrated
        do {
            (quantization, calibrated) = try calibration.quantize(try ModelFile(path: model))
        } catch {
            throw CommandFailure(error, path: model)
        }
        calibrated.images.remarks.forEach(StandardError.warn)
        try quantization.bytes.withUnsafeBytes { try FileOutput.replace(output, with: $0) }
        try StandardOutput.write(
            calibrated.text + "\(output): \(Format.grouped(quantization.bytes.count)) bytes\n")
    }
}
