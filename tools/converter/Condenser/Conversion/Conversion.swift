import Checkpoint
import CondenseNet
import Foundations
import ModelFormat

/// A checkpoint turned into a model file, not yet written.
public struct Conversion {
    /// What the user chose.
    public struct Options: Sendable {
        /// Input size, data set, unpruned layers.
        public var inference = Architecture.InferenceOptions()
        /// The key, or the prefix of names, of the weights to take where a checkpoint has several; `nil` for the usual.
        public var weights: String?
        /// The part of its features that the classifier keeps; `nil` for the authors' half.
        public var classifierKeep: Double?
        /// Images.
        public var preprocessing = PreprocessingOptions()
        /// A file with a label on each line; `nil` for the data set's.
        public var labelFile: String?
        /// What the network is to be computed in: single or half precision, of which `Quantization` makes bytes.
        public var precision = Precision.f32
        /// The network's name; `nil` for the usual one.
        public var name: String?

        /// The defaults.
        public init() {}
    }

    /// Seeds the input whose answers every model file stores; further sample inputs have the seeds that follow.
    public static let sampleSeed: UInt64 = 2018

    /// What is left of the checkpoint's network.
    public let network: CondensedNetwork
    /// The model file's description.
    public let description: ModelDescription
    /// The model file.
    public let bytes: [UInt8]
    /// What it is computed in.
    public let precision: Precision
    /// What the classifier's choice of features does to the answers; `nil` where there was no choice.
    public let classifierEffect: ClassifierEffect?
    /// Where the preprocessing comes from.
    public let preprocessing: PreprocessingOptions.Resolution
    /// What was assumed and may be wrong, a line each.
    public let warnings: [String]
    /// What was left out, a line each.
    public let remarks: [String]

    let evaluator: SourceEvaluator

    /// Reads the checkpoint at `path` and converts it in memory.
    ///
    /// The result depends on the file's bytes and name and on the options alone. The answers that it stores are the
    /// source network's, by `SourceEvaluator`.
    ///
    /// - Throws: `CheckpointError`, `ConversionError`, `ModelFormatError`.
    public init(path: String, options: Options = Options()) throws {
        try self.init(file: try CheckpointFile.read(path: path), name: path, options: options)
    }

    /// Converts a checkpoint's bytes in memory; see `init(path:options:)`. Messages and provenance call the file `name`.
    ///
    /// - Throws: `CheckpointError`, `ConversionError`, `ModelFormatError`.
    public init(file: [UInt8], name path: String, options: Options = Options()) throws {
        try self.init(
            Checkpoint.trained(file, name: path, weights: options.weights), file: file, name: path, options: options)
    }

    /// Converts a checkpoint that was read from `file`.
    private init(_ checkpoint: Checkpoint, file: [UInt8], name path: String, options: Options) throws {
        guard options.precision != .int8 else {
            throw ConversionError.option("int8: made of a converted network of float32, by Quantization")
        }
        var limits = options.inference
        limits.fileBytes = file.count
        let (inference, checkpoint) = try CheckpointLayout.infer(from: checkpoint, options: limits)
        // Refused before anything is computed from the weights.
        try inference.network.checkLimits(fileBytes: file.count)
        network = try CondensedNetwork(checkpoint, inference, classifierKeep: options.classifierKeep)
        preprocessing = try options.images(inference, checkpoint.classNames)
        evaluator = SourceEvaluator(checkpoint, network.source)

        let classifier = network.architecture?.classifier
        let hasChoice = classifier.map { $0.index == nil } ?? false && network.architecture?.head == nil
        let answers = try SampleFeatures(evaluator, network.source, isChosen: hasChoice)
        let sample = try SampleAnswers(
            answers: try answers.logits(of: 0, keptFeatures: network.chosenFeatures), precision: options.precision)
        classifierEffect = try classifier.flatMap { hasChoice ? try ClassifierEffect(answers, checkpoint, $0) : nil }

        var description = ModelDescription(
            name: options.name ?? network.source.name, graph: network.graph,
            preprocessing: preprocessing.preprocessing, labels: preprocessing.labels,
            provenance: Provenance(of: file, at: path), sample: sample)
        let tensors = try network.tensors(options.precision)
        var bytes = try ModelFile.bytes(description, tensors: tensors)
        var warnings = inference.warnings + preprocessing.warnings
        if options.precision == .f16 {
            let half = try HalfPrecision(of: bytes, description)
            description.sample!.tolerance = half.tolerance
            bytes = try ModelFile.bytes(description, tensors: tensors)
            warnings += half.warnings
        }
        (self.description, self.bytes, self.warnings) = (description, bytes, warnings)
        precision = options.precision
        remarks = checkpoint.remarks + inference.remarks
    }
}

extension Checkpoint {
    /// A checkpoint read from `file`, which errors call `name`.
    ///
    /// - Throws: `CheckpointError`; `ConversionError.problems` for a model file, whose tensors are none of training's.
    static func trained(_ file: [UInt8], name: String, weights: String? = nil) throws -> Checkpoint {
        let checkpoint = try load(bytes: file, name: name, weights: weights)
        guard checkpoint.format != "condensenet" else { throw ConversionError.problems([.modelFile]) }
        return checkpoint
    }
}

extension Conversion.Options {
    /// How images become the network's input, and the labels of its classes: the file's where there is one.
    ///
    /// - Throws: `ConversionError`, `ModelFormatError`.
    func images(_ inference: SourceInference, _ classNames: [String]) throws -> PreprocessingOptions.Resolution {
        let classes = inference.network.classes
        var options = preprocessing
        options.dataset = preprocessing.dataset ?? inference.dataset
        options.interpolation = preprocessing.interpolation ?? inference.interpolation
        var images = try options.resolve(inputSize: inference.network.inputSize, classes: classes)
        guard let labelFile else {
            images.name(classNames, classes: classes)
            return images
        }
        images.labels = try LabelFile.read(labelFile, classes: classes)
        let repeated = LabelFile.repeated(in: images.labels)
        if !repeated.isEmpty {
            images.warnings.append(
                "\(labelFile): labels that appear more than once: \(repeated.prefix(8).joined(separator: ", "))"
                    + (repeated.count > 8 ? " and \(repeated.count - 8) more" : ""))
        }
        return images
    }
}

extension SampleAnswers {
    /// The answers to the first sample input, the last layer's output, rounded to single precision.
    ///
    /// - Throws: `ConversionError.problems` for an answer that is no number there.
    init(answers: SourceEvaluator.LayerOutput, precision: Precision) throws {
        self.init(seed: Conversion.sampleSeed, tolerance: precision.tolerance, logits: answers.values.map(Float.init))
        let scale = Float(max(answers.scale, Verification.floor / Double(precision.tolerance)))
        if scale > magnitude { magnitudeOfTerms = scale }
        if let position = logits.firstIndex(where: { !$0.isFinite }) {
            throw ConversionError.problems([
                .overflow(
                    tensor: "answers to the sample input", position: position, value: answers.values[position],
                    type: "single precision")
            ])
        }
    }
}

extension Provenance {
    /// A checkpoint's bytes, its path of which the last part counts, and this program. A file may be called anything: what
    /// is no text is escaped.
    init(of file: [UInt8], at path: String) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        self.init(
            source: name.isStreamSafe
                ? name.onOneLine : name.unicodeScalars.map { $0.escaped(asASCII: true) }.joined(),
            sourceSHA256: SHA256.hexDigest(file),
            converter: Self.program)
    }

    /// This program, with its version.
    static let program = "condensenet-convert \(CondenseNet.version)"
}

extension Precision {
    /// How far the runtime's numbers may be from the source network's, relative to the largest of a layer or of the
    /// logits: single precision's own rounding through the deepest networks of the family, or half precision's.
    public var tolerance: Float { self == .f32 ? 1e-5 : 5e-2 }
}
