import Checkpoint
import ModelFormat

/// What remains of a checkpoint's network: its graph and the tensors that the graph's steps read.
public struct CondensedNetwork: Sendable {
    /// The network as its training code computes it.
    public let source: SourceNetwork
    /// The network of dense blocks that it is, with the features that the classifier reads; `nil` for other networks.
    public let architecture: Architecture?
    /// The graph of the condensed network.
    public let graph: Graph
    /// The tensors in the order of the graph's steps, in single precision or as indices.
    public let tensors: [TensorData]
    /// The features that the classifier reads, in its order; `nil` for all.
    public let keptFeatures: [Int]?
    /// Whether the source has made the choice of features.
    private let hasChosenFeatures: Bool

    /// The features that were chosen from a dense network's; `nil` for all, and where the source has chosen.
    var chosenFeatures: [Int]? { hasChosenFeatures ? nil : keptFeatures }

    /// Condenses the network in `checkpoint`.
    ///
    /// Masked inputs are dropped and the weights of each group brought together; batch norms are folded in double
    /// precision and rounded once. A dense network's classifier keeps the part of its features with the largest sums of
    /// weight magnitudes.
    ///
    /// - Parameters:
    ///   - architecture: what `Architecture.infer` says of this checkpoint.
    ///   - classifierKeep: the part of the features that the classifier keeps, over 0 and at most 1; `nil` for the
    ///     authors' half. A converted network has made its choice.
    /// - Throws: `ConversionError.option` for a part that is no part or where there is nothing to choose,
    ///   `ConversionError.problems` for numbers beyond single precision, `ModelFormatError` for a network that no model file
    ///   may hold, `CheckpointError`.
    public init(_ checkpoint: Checkpoint, _ architecture: Architecture, classifierKeep: Double? = nil) throws {
        let usual = architecture.form == .dense ? SourceWeights.usualClassifierKeep : 1
        try self.init(
            checkpoint,
            SourceInference(
                network: SourceNetwork(architecture), architecture: architecture, classifierKeep: usual),
            classifierKeep: classifierKeep)
    }

    /// Condenses the network that inference has found in `checkpoint`.
    init(_ checkpoint: Checkpoint, _ inference: SourceInference, classifierKeep: Double?) throws {
        source = inference.network
        let weights = SourceWeights(checkpoint)
        if let architecture = inference.architecture, architecture.head == nil {
            keptFeatures = try weights.keptFeatures(
                architecture.classifier, keep: classifierKeep, usual: inference.classifierKeep ?? 1)
            hasChosenFeatures = architecture.classifier.index != nil
        } else {
            guard classifierKeep == nil else {
                throw ConversionError.option("--classifier-keep: a \(source.family) reads all of its features")
            }
            (keptFeatures, hasChosenFeatures) = (nil, false)
        }
        graph = try Graph(source, kept: keptFeatures?.count)
        // Before any weight is read: the graph states how large the model would be.
        try graph.validate()
        tensors = try Folding.tensors(of: source, weights, kept: keptFeatures)
        var condensed = inference.architecture
        if let keptFeatures { condensed?.classifier.kept = keptFeatures.count }
        architecture = condensed
    }

    /// The tensors as a file of this precision holds them, rounded to nearest, ties to even.
    ///
    /// - Throws: `ConversionError.problems` for weights beyond half precision.
    public func tensors(_ precision: Precision) throws -> [TensorData] { try tensors.stored(precision, graph) }
}
