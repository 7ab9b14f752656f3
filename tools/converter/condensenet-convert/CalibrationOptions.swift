import ArgumentParser
import CommandLineSupport
import Condenser
import Foundations
import ModelFormat

/// The images that a network of bytes is made by.
struct CalibrationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "int8: the images that scales are chosen by: a data set as evaluate takes it, or a folder of images.",
            valueName: "dataset"), completion: .file())
    var calibrate: String?

    @Option(help: ArgumentHelp("int8: how many images scales are chosen by (default: 256).", valueName: "n"))
    var images: Int?

    /// - Throws: `ValidationError` unless there is a data set.
    func validateGiven() throws {
        guard calibrate != nil else { throw ValidationError("int8: expected --calibrate DATASET, found none") }
    }

    /// Makes a network of bytes of a model file, with progress on a terminal.
    ///
    /// - Precondition: `calibrate` is given.
    /// - Throws: what reading the images and `Quantization` throw.
    func quantize(_ model: ModelFile) throws -> (Quantization, CalibrationImages) {
        let path = calibrate!
        var reading: ProgressBar?
        func show(_ bar: inout ProgressBar?, _ title: String, _ done: Int, _ total: Int) {
            if bar == nil { bar = ProgressBar(title, total: total) }
            bar!.update(done)
        }
        defer { reading?.clear() }
        let images: CalibrationImages
        do {
            images = try CalibrationImages(path: path, count: self.images ?? 256, for: model.description) {
                show(&reading, "read", $0, $1)
            }
        } catch {
            throw CommandFailure(error, path: path)
        }
        var working: ProgressBar?
        defer { working?.clear() }
        return (try Quantization(of: model, images) { show(&working, "int8", $0, $1) }, images)
    }
}

extension Quantization {
    /// Where the scales come from and what bytes do to the answers.
    func report(_ images: CalibrationImages) -> String {
        "calibrated with \(images.summary)".wrapped(width: Terminal.outputWidth) + "\n"
            + report.text(width: Terminal.outputWidth) + "\n"
    }
}
