import ArgumentParser
import CommandLineSupport
import Condenser
import Foundations
import ModelFormat

/// The images that a network of bytes is made by, or that one of half precision is judged by.
struct CalibrationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            int8: the images that scales are chosen by; f16: those that it is judged by. A data set as evaluate takes it, or a \
            folder of images.
            """, valueName: "dataset"), completion: .file())
    var calibrate: String?

    @Option(
        help: ArgumentHelp(
            "How many of the images are taken (default: \(CalibrationImages.usualCount)).", valueName: "n"))
    var images: Int?

    /// - Throws: `ValidationError` unless there is a data set, and for a number of images out of range.
    func validateGiven(for precision: Precision = .int8) throws {
        guard calibrate != nil else {
            throw ValidationError("\(precision.rawValue): expected --calibrate DATASET, found none")
        }
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
    func quantize(_ model: ModelFile) throws -> (Quantization, Calibrated) {
        try Quantization.check(model)
        let images = try read(for: model.description, .int8)
        let quantization = try withProgress("int8") { try Quantization(of: model, images, progress: $0) }
        return (quantization, Calibrated(images: images, report: quantization.report))
    }

    /// Compares a network of half precision with single precision, with progress on a terminal.
    ///
    /// - Precondition: `validateGiven` has passed.
    /// - Throws: what reading the images and `Conversion.halfPrecisionReport` throw.
    func judge(_ conversion: Conversion) throws -> Calibrated {
        try PrecisionReport.check(.f16)
        let images = try read(for: conversion.description, .f16)
        let report = try withProgress("f16") { try conversion.halfPrecisionReport(on: images, progress: $0) }
        return Calibrated(images: images, report: report)
    }

    private func read(for description: ModelDescription, _ precision: Precision) throws -> CalibrationImages {
        let path = calibrate!
        do {
            return try withProgress("read") {
                try CalibrationImages(path: path, count: images, for: description, precision, progress: $0)
            }
        } catch {
            throw CommandFailure(error, path: path)
        }
    }

    /// Work that tells how much of how much is done, beside a bar.
    private func withProgress<Result>(
        _ title: String, _ work: ((Int, Int) -> Void) throws -> Result
    ) throws -> Result {
        var bar: ProgressBar?
        defer { bar?.clear() }
        return try work { done, total in
            if bar == nil { bar = ProgressBar(title, total: total) }
            bar!.update(done)
        }
    }
}

/// What a precision does to a network on images.
struct Calibrated {
    let images: CalibrationImages
    let report: PrecisionReport

    /// Where the images come from, layers and answers.
    var text: String {
        images.summary.wrapped(width: Terminal.outputWidth) + "\n" + report.text(width: Terminal.outputWidth) + "\n"
    }
}
