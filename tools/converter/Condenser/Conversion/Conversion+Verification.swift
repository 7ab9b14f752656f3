import CondenseNet
import ModelFormat

extension Conversion {
    /// Compares the model file, as the runtime computes it, with the source network as the checkpoint holds it: every
    /// layer, on the first sample inputs.
    ///
    /// - Parameter inputs: how many, at least one.
    /// - Throws: `ModelFormatError` or `RuntimeError` when the file cannot be run here, `ConversionError`.
    public func verify(inputs: Int = 2) throws -> Verification {
        try Verification(of: bytes, description.graph, precision, inputs: inputs) { input, observe in
            _ = try evaluator.evaluate(input, count: 1, keptFeatures: network.chosenFeatures, observe: observe)
        }
    }
}

extension Conversion {
    /// What half precision does to layers and answers on images, beside the same network in single precision.
    ///
    /// - Parameter progress: told how many of how many images are done.
    /// - Precondition: the file is one of half precision, and `PrecisionReport.check` has passed.
    /// - Throws: `ModelFormatError` or `RuntimeError` when a network cannot be run here.
    public func halfPrecisionReport(
        on images: CalibrationImages, progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> PrecisionReport {
        precondition(precision == .f16)
        var done = 0
        let floats = try ModelFile.bytes(description, tensors: network.tensors)
        return try PrecisionReport(
            of: ModelFile(bytes: floats), and: ModelFile(bytes: bytes), .f16, on: images.judged
        ) {
            done += 1
            progress(done, images.judged.count)
        }
    }
}

extension Verification {
    /// A comparison of a model file, as the runtime computes it, with its source network on the first sample inputs.
    ///
    /// - Parameters:
    ///   - bytes: the model file.
    ///   - evaluate: computes one input's answers by the source network and reports every layer.
    /// - Throws: `ModelFormatError` or `RuntimeError` when the file cannot be run here, and what `evaluate` throws.
    init(
        of bytes: [UInt8], _ graph: Graph, _ precision: Precision, inputs: Int,
        evaluate: ([Float], @escaping (SourceEvaluator.LayerOutput) throws -> Void) throws -> Void
    ) throws {
        // Half precision is computed in where that is possible, however slowly.
        let kernels = KernelSets.usable(in: precision).last
        let plan = try ExecutionPlan(
            Model(try ModelFile(bytes: bytes)),
            options: ExecutionPlan.Options(retainsValues: true, instructionSet: kernels))
        var verification = Verification(tolerance: Double(precision.tolerance))
        for number in 0..<inputs {
            let input = try SampleAnswers.input(number: number, graph.value(named: graph.input)!.shape)
            var outputs: [String: [Float]] = [:]
            try plan.run(input) { step, output in outputs[step.name] = output }
            try evaluate(input) { layer in verification.compare(layer, with: outputs[layer.name]) }
        }
        self = verification
    }
}
