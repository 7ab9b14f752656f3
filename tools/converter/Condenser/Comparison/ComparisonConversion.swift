import Checkpoint
import ModelFormat

/// A checkpoint of a comparison network turned into a model file, not yet written.
public struct ComparisonConversion: FinishedConversion {
    /// What the checkpoint holds.
    public let network: ComparisonNetwork
    /// The model file's description.
    public let description: ModelDescription
    /// The model file.
    public let bytes: [UInt8]
    /// Where the preprocessing comes from.
    public let preprocessing: PreprocessingOptions.Resolution
    /// What was left out, a line each.
    public let remarks: [String]
    /// What was assumed and may be wrong, a line each.
    public var warnings: [String] { preprocessing.warnings }

    private let evaluator: ComparisonEvaluator
    private let precision: Precision

    /// Converts a checkpoint of the given family. Messages and provenance call the file `name`.
    ///
    /// - Throws: `CheckpointError`, `ConversionError`, `ModelFormatError`.
    init(
        _ family: ComparisonNetwork.Family, _ checkpoint: Checkpoint, file: [UInt8], name path: String,
        options: Conversion.Options
    ) throws {
        guard options.classifierKeep == nil else {
            throw ConversionError.option("--classifier-keep: a \(family.rawValue) reads all of its features")
        }
        let network = try ComparisonNetwork.infer(family, from: checkpoint, options: options.inference)
        let graph = try Graph(network)
        try graph.validate()
        try network.checkLimits(graph)
        let images = try options.images(inputSize: network.inputSize, classes: network.classes)
        var folding = Folding(SourceWeights(checkpoint))
        for layer in network.layers { try folding.add(layer) }
        guard folding.problems.isEmpty else { throw ConversionError.problems(folding.problems) }

        evaluator = ComparisonEvaluator(checkpoint, network)
        let input = try SampleAnswers.input(number: 0, graph.value(named: graph.input)!.shape)
        let sample = try SampleAnswers(answers: try evaluator.logits(input), precision: options.precision)
        description = ModelDescription(
            name: options.name ?? network.name, graph: graph, preprocessing: images.preprocessing,
            labels: images.labels, provenance: Provenance(of: file, at: path), sample: sample)
        bytes = try ModelFile.bytes(description, tensors: try folding.tensors.stored(options.precision, graph))
        self.network = network
        preprocessing = images
        precision = options.precision
        remarks = checkpoint.remarks
    }

    /// Compares every layer with the checkpoint's own network, batch norms unfolded, on the first sample inputs.
    public func verify(inputs: Int) throws -> Verification {
        try Verification(of: bytes, description.graph, precision, inputs: inputs) { input, observe in
            _ = try evaluator.logits(input, observe: observe)
        }
    }
}

extension ComparisonNetwork {
    /// Refuses a network whose evaluation would exhaust time or memory, before anything is computed from its numbers.
    ///
    /// - Precondition: the graph has passed `validate`.
    /// - Throws: `ConversionError.problems`.
    func checkLimits(_ graph: Graph) throws {
        var work = 0
        for step in graph.steps {
            let shapes = graph.shapes(of: step)
            work += shapes.multiplyAccumulates
            guard case let convolution as Convolution = step.operation else { continue }
            let patches = shapes.input.channels / convolution.groups * convolution.kernel * convolution.kernel
            let bytes = 8 * (patches * shapes.output.pixels + shapes.input.count + 2 * shapes.output.count)
            guard bytes <= Architecture.evaluationBytes else {
                throw ConversionError.problems([
                    .limit(what: "bytes to evaluate \(step.name)", found: bytes, limit: Architecture.evaluationBytes)
                ])
            }
        }
        guard work <= Architecture.evaluationWork else {
            throw ConversionError.problems([
                .limit(
                    what: "multiply-accumulates at \(inputSize)×\(inputSize)", found: work,
                    limit: Architecture.evaluationWork)
            ])
        }
    }
}
