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

    @Option(
        help: ArgumentHelp(
            "int8: how many images scales are chosen by (default: \(CalibrationImages.usualCount)).", valueName: "n"))
    var images: Int?

    /// - Throws: `ValidationError` unless there is a data set, and for a number of images out of range.
    func validateGiven() throws {
        guard calibrate != nil else { throw ValidationError("int8: expected --calibrate DATASET, found none") }
        if let images, !CalibrationImages.counts.contains(images) {
            let counts = CalibrationImages.counts
            throw ValidationError(
                "--images: expected \(counts.lowerBound) to \(counts.upperBound) images, found \(images)")
        }
    }

    /// Makes a network of bytes of a model file, with progress on a terminal.
    ///
    /// - Precondition: `validateGiven` has passed.
    /// - Throws: what reading the images and `Quantization` throw.
    func quantize(_ model: ModelFile) throws -> (Quantization, CalibrationImages) {
        try Quantization.check(model)
        let path = calibrate!
        var reading: ProgressBar?
        func show(_ bar: inout ProgressBar?, _ title: String, _ done: Int, _ total: Int) {
            if bar == nil { bar = ProgressBar(title, total: total) }
            bar!.update(done)
        }
        defer { reading?.clear() }
        let images: CalibrationImages
        do {
            images = try CalibrationImages(path: path, count: self.images, for: model.description) {
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
