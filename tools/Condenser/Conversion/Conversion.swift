import Checkpoint
import ModelFormat

/// The converter's version, as model files state it.
public let converterVersion = "0.1.0"

/// A checkpoint turned into a model file, not yet written.
public struct Conversion: Sendable {
    /// What the user chose.
    public struct Options: Sendable {
        /// Input size, data set, unpruned layers.
        public var inference = Architecture.InferenceOptions()
        /// The part of its features that the classifier keeps; `nil` for the authors' half.
        public var classifierKeep: Double?
        /// Images.
        public var preprocessing = PreprocessingOptions()
        /// A file with a label on each line; `nil` for the data set's.
        public var labelFile: String?
        /// How weights are stored.
        public var precision = Precision.f32
        /// The network's name; `nil` for the usual one.
        public var name: String?

        /// The defaults.
        public init() {}
    }

    /// The source network's answers, `[classes]`, to one input, `[3, H, W]`, with the features that the condensed
    /// classifier keeps; they are the stored proof and so must not come from the runtime.
    public typealias Answers = (
        _ checkpoint: Checkpoint, _ architecture: Architecture, _ keptFeatures: [Int]?, _ input: [Float]
    ) throws -> [Float]

    /// The checkpoint's tensors.
    public let checkpoint: Checkpoint
    /// What the checkpoint holds.
    public let source: Architecture
    /// What is left of it.
    public let network: CondensedNetwork
    /// The model file's description.
    public let description: ModelDescription
    /// The model file.
    public let bytes: [UInt8]
    /// What was assumed or left out, a line each.
    public let warnings: [String]

    /// Reads the checkpoint at `path` and converts it in memory.
    ///
    /// The result depends on the file's bytes and name and on the options alone.
    ///
    /// - Parameter answers: evaluates the source network.
    /// - Throws: `CheckpointError`, `ConversionError`, `ModelFormatError`, and what `answers` throws.
    public init(path: String, options: Options, answers: Answers) throws {
        let file = try CheckpointFile.read(path: path)
        let checkpoint = try Checkpoint.load(bytes: file, name: path)
        let (source, assumptions) = try Architecture.infer(from: checkpoint, options: options.inference)
        let network = try CondensedNetwork(checkpoint, source, classifierKeep: options.classifierKeep)
        let (preprocessing, builtIn, imageAssumptions) = try options.preprocessing.resolve(source)
        let classes = source.classifier.classes
        let labels = try options.labelFile.map { try LabelFile.read($0, classes: classes) } ?? builtIn
        let input = SampleInput.values(size: source.inputSize)
        let logits = try answers(checkpoint, source, source.form == .dense ? network.keptFeatures : nil, input)
        description = ModelDescription(
            name: options.name ?? source.name, graph: network.graph, preprocessing: preprocessing, labels: labels,
            provenance: Provenance(
                source: path.split(separator: "/").last.map(String.init) ?? path,
                sourceSHA256: SHA256.hexDigest(file), converter: "condensenet-convert \(converterVersion)"),
            sample: SampleAnswers(
                seed: SampleInput.seed, tolerance: options.precision.sampleTolerance, logits: logits))
        bytes = try ModelFile.bytes(description, tensors: try network.tensors(options.precision))
        self.checkpoint = checkpoint
        self.source = source
        self.network = network
        warnings = checkpoint.remarks + assumptions + imageAssumptions
    }
}

extension Precision {
    /// How far the runtime's answers may be from the source network's, relative to the largest logit: single precision's
    /// own rounding through the deepest networks of the family, or that of weights with 11 significant bits.
    var sampleTolerance: Float { self == .f32 ? 1e-5 : 1e-2 }
}
