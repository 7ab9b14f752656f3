import ArgumentParser
import CommandLineSupport
import Condenser
import Foundations
import ModelFormat

/// `condensenet-convert CHECKPOINT -o MODEL`.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Convert a checkpoint: drop what training has masked, fold batch norms, write a model file.",
        discussion: """
            Groups, stages, growth, bottleneck, condensation factor and classes follow from the checkpoint. It may be \
            of any PyTorch version or safetensors, dense or converted by the original code. The networks that CondenseNets \
            are compared with are taken, too: torchvision's VGG and ResNet of basic blocks, and MobileNet-v1.
            """)

    @Argument(help: "The trained network: .pth.tar or .safetensors, recognised by content.")
    var checkpoint: String

    @Option(
        help: ArgumentHelp(
            "The weights to take where the checkpoint has several: their key, or the prefix of their names.",
            valueName: "key"))
    var weights: String?

    @OptionGroup var network: NetworkOptions

    @Option(
        help: ArgumentHelp(
            "What the last pooling takes: the original's window, 7×7 or 8×8, or the whole plane (default: window).",
            valueName: "window|global"))
    var pooling: Architecture.PoolingChoice?

    @Flag(help: "Take learned groups that have dropped nothing yet as they are.")
    var allowUnpruned = false

    @Option(help: ArgumentHelp("Resize images to this shorter side.", valueName: "n"))
    var resize: Int?

    @Option(
        help: ArgumentHelp(
            "How images are resized (default: the network's, or bilinear).", valueName: "bilinear|bicubic"))
    var interpolation: Interpolation?

    @Option(help: ArgumentHelp("Crop images to this side.", valueName: "n"))
    var crop: Int?

    @Option(help: ArgumentHelp("Subtract this from each colour.", valueName: "r,g,b"))
    var mean: Numbers?

    @Option(help: ArgumentHelp("Then divide each colour by this.", valueName: "r,g,b"))
    var std: Numbers?

    @Option(help: ArgumentHelp("A file with the name of one class on each line.", valueName: "file"))
    var labels: String?

    @Option(help: "What the network is stored and, where the processor can, computed in.")
    var precision = Precision.f32

    @OptionGroup var calibration: CalibrationOptions

    @Flag(help: "Prove the result: compare it, layer by layer, with the source network.")
    var verify = false

    func validate() throws {
        guard precision == .int8 || calibration.calibrate != nil || calibration.images != nil else { return }
        guard precision != .f32 else {
            throw ValidationError("--calibrate, --images: expected --precision int8 or f16 with them, found f32")
        }
        try calibration.validateGiven(for: precision)
    }

    func run() throws {
        try network.check(
            inputs: [("the checkpoint", checkpoint)] + (labels.map { [("the label file", $0)] } ?? [])
                + (calibration.calibrate.map { [("the data set", $0)] } ?? []))
        let conversion: Conversion
        let verification: Verification?
        var quantization: Quantization?
        var calibrated: Calibrated?
        do {
            conversion = try Conversion(path: checkpoint, options: options)
            verification = verify ? try conversion.verify() : nil
            if verification?.passes ?? true, calibration.calibrate != nil {
                if precision == .int8 {
                    (quantization, calibrated) = try calibration.quantize(try ModelFile(bytes: conversion.bytes))
                } else {
                    calibrated = try calibration.judge(conversion)
                }
            }
        } catch {
            throw CommandFailure(error, path: checkpoint)
        }
        conversion.remarks.forEach(StandardError.note)
        (conversion.warnings + (calibrated?.images.remarks ?? [])).forEach(StandardError.warn)
        if let verification, !verification.passes {
            try StandardOutput.write(try conversion.report + verification.report)
            throw CommandFailure(
                .internal,
                "\(checkpoint): the converted network does not compute what it should; nothing was written")
        }
        let bytes = quantization?.bytes ?? conversion.bytes
        try bytes.withUnsafeBytes { try FileOutput.replace(network.output, with: $0) }
        try StandardOutput.write(
            try conversion.report + (verification?.report ?? "") + (calibrated?.text ?? "")
                + "\(network.output): \(Format.grouped(bytes.count)) bytes\n")
    }

    private var options: Conversion.Options {
        var options = Conversion.Options()
        options.inference = Architecture.InferenceOptions(
            inputSize: network.inputSize, dataset: network.dataset, allowUnpruned: allowUnpruned,
            stemStride: network.stemStride, pooling: pooling, hardSwishFrom: network.hardSwishFrom)
        options.weights = weights
        options.classifierKeep = network.classifierKeep
        options.preprocessing.dataset = network.dataset
        options.preprocessing.resize = resize
        options.preprocessing.crop = crop
        options.preprocessing.interpolation = interpolation
        options.preprocessing.mean = mean?.values
        options.preprocessing.std = std?.values
        options.labelFile = labels
        // Bytes are made of the converted network's floats.
        options.precision = precision == .int8 ? .f32 : precision
        options.name = network.name
        return options
    }
}
