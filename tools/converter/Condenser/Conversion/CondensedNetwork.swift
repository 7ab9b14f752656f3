import Checkpoint
import ModelFormat

/// What remains of a checkpoint's network: its graph and the tensors that the graph's steps read.
public struct CondensedNetwork: Sendable {
    /// The architecture, with the features that the classifier reads.
    public let architecture: Architecture
    /// The graph of the condensed network.
    public let graph: Graph
    /// The tensors in the order of the graph's steps, in single precision or as indices.
    public let tensors: [TensorData]
    /// The features that the classifier reads, in its order; `nil` for all.
    public let keptFeatures: [Int]?

    /// The shape of an image, `[3, H, W]`.
    public var inputShape: PlaneShape {
        PlaneShape(channels: 3, height: architecture.inputSize, width: architecture.inputSize)
    }

    /// The features that were chosen from a dense network's; `nil` for all, and where the source has chosen.
    var chosenFeatures: [Int]? { architecture.form == .dense ? keptFeatures : nil }

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
    ///   `ConversionError.problems` for numbers beyond single precision, `CheckpointError`.
    public init(_ checkpoint: Checkpoint, _ architecture: Architecture, classifierKeep: Double? = nil) throws {
        var condensed = architecture
        let source = SourceWeights(checkpoint)
        keptFeatures = try source.keptFeatures(architecture, keep: classifierKeep)
        condensed.classifier.kept = keptFeatures?.count
        var folding = Folding(source)
        try folding.addStem()
        for stage in architecture.stages {
            for layer in stage.layers {
                try folding.add(layer.pointwise, before: layer.spatial)
                try folding.add(layer.spatial)
            }
            if let transition = stage.transition { try folding.add(transition, before: nil) }
        }
        try folding.addClassifier(architecture.form, keptFeatures)
        guard folding.problems.isEmpty else { throw ConversionError.problems(folding.problems) }
        self.architecture = condensed
        graph = Graph(condensed)
        tensors = folding.tensors
    }

    /// The tensors as a file of this precision holds them, rounded to nearest, ties to even.
    ///
    /// - Throws: `ConversionError.problems` for weights beyond half precision.
    public func tensors(_ precision: Precision) throws -> [TensorData] { try tensors.stored(precision, graph) }
}
