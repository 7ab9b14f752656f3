import CondenseNet
import Foundations
import ModelFormat

/// A model file of floats turned into one of bytes, not yet written; `docs/quantisation.md` defines what it computes.
public struct Quantization {
    /// The model file.
    public let bytes: [UInt8]
    /// What it says besides its tensors.
    public let description: ModelDescription
    /// What bytes do to the answers.
    public let report: PrecisionReport

    /// What the file holds, ready to be evaluated without the runtime.
    let network: IntegerNetwork

    /// How far a machine's answers may be from the file's: no bit of a number is as small.
    static let tolerance: Float = 1e-9
    /// What all images, and the values and sums of those that calibrate, may take at once.
    static let imageBytes = 4 << 30

    /// Makes a network of bytes of `model`: the same bytes for the same model and images.
    ///
    /// - Parameters:
    ///   - images: what scales and offsets are chosen by, and what the result is judged by.
    ///   - progress: told how much of how much is done.
    /// - Throws: `ConversionError`, `ModelFormatError`, `RuntimeError`.
    public init(
        of model: ModelFile, _ images: CalibrationImages, progress: (Int, Int) -> Void = { _, _ in }
    ) throws {
        try Self.check(model)
        let graph = model.description.graph
        // A step of all images costs about what its share of the network's steps on one image each does.
        let rounds = graph.steps.count
        let total = 2 * images.calibration.count * rounds + images.judged.count * rounds
        var done = 0
        func advance(_ part: Int) {
            done += part
            progress(done, total)
        }
        let floats = try GraphEvaluator(graph, model)
        let calibration = try Calibration(floats, images.calibration.map(\.planes)) { advance(rounds) }
        let quantizer = Quantizer(floats, calibration)
        network = IntegerNetwork(
            graph: graph, input: quantizer.input, steps: try quantizer.steps { advance(images.calibration.count) })

        var description = model.description
        description.isQuantized = true
        description.provenance?.converter = Provenance.program
        // Exact answers, so that any other bit is a difference.
        description.sample = SampleAnswers(
            seed: Conversion.sampleSeed, tolerance: Self.tolerance,
            logits: try network.logits(SampleAnswers.input(number: 0, description.inputShape)))
        self.description = description
        bytes = try ModelFile.bytes(description, tensors: network.tensors)
        report = try PrecisionReport(of: model, and: try ModelFile(bytes: bytes), .int8, on: images.judged) {
            advance(rounds)
        }
    }

    /// Refuses networks that cannot be computed with bytes, in words of their families, and processors or settings without
    /// kernels that compute with them.
    ///
    /// - Throws: `ConversionError.option`, `ModelFormatError`, `RuntimeError`.
    public static func check(_ model: ModelFile) throws {
        let description = model.description
        guard !description.isQuantized else {
            throw ConversionError.option("int8: the model is one of bytes already")
        }
        for step in description.graph.steps {
            let reason: String
            switch step.operation {
            case is Accumulation, is SqueezeExcite: reason = "CondenseNetV2's \(step.operation.word) is"
            case is Addition: reason = "a residual network's additions are"
            default:
                guard [step.operation.activation, step.operation.preActivation.activation].contains(.hardSwish) else {
                    continue
                }
                reason = "hard swish, which no bound on bytes stands for, is"
            }
            throw ConversionError.option(
                "int8: \(reason) computed in float32 or half precision alone (step \(step.name.excerpt))")
        }
        try description.graph.validateQuantized()
        try Quantizer.checkPadding(description.graph, model)
        try PrecisionReport.check(.int8)
    }

    /// How many bytes each image to calibrate with takes, with another one to judge by: both as the network's input, and
    /// what `Quantizer.steps` holds of one.
    static func bytesPerImage(_ graph: Graph) -> Int {
        var largest = 0
        for (position, step) in graph.steps.enumerated() {
            let read = Set(graph.steps[position...].flatMap(\.inputs))
            let written = Set(graph.steps[...position].map(\.output) + [graph.input])
            let values = read.intersection(written).reduce(0) { $0 + graph.value(named: $1)!.shape.count }
            largest = max(largest, values + 4 * graph.shapes(of: step).output.count)
        }
        return largest + 2 * MemoryLayout<Float>.stride * graph.value(named: graph.input)!.shape.count
    }
}
