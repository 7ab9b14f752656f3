import Checkpoint
import ModelFormat

/// Evaluates a checkpoint's own network, before anything is condensed or folded.
///
/// It is the other side of every proof: dense layers multiply all weights by their masks and read all inputs, converted
/// ones gather, convolve and shuffle as the original code does, batch norms are applied unfolded, all of it in double
/// precision by im2col and Armadillo's matrix product. It shares no arithmetic with the runtime. Groups are taken from
/// the tensors' shapes, not from the inference that the converter relies on.
public struct SourceEvaluator {
    let tensors: SourceTensors
    let architecture: Architecture

    /// - Parameter architecture: what `checkpoint` holds; names, form, stages and strides are taken from it.
    public init(_ checkpoint: Checkpoint, _ architecture: Architecture) {
        tensors = SourceTensors(checkpoint)
        self.architecture = architecture
    }

    /// What one layer computes for one image.
    public struct LayerOutput: Sendable {
        /// The image's position in the batch.
        public var image: Int
        /// The name of the graph's step that computes the same numbers.
        public var name: String
        /// The shape of the output.
        public var shape: PlaneShape
        /// `[C, H, W]`.
        public var values: [Double]

        /// - Precondition: `values` holds one number for each element of `shape`.
        public init(image: Int, name: String, shape: PlaneShape, values: [Double]) {
            precondition(values.count == shape.count, "\(values.count) numbers for \(shape)")
            self.image = image
            self.name = name
            self.shape = shape
            self.values = values
        }
    }

    /// The network's answers to some images.
    ///
    /// Layers are observed in execution order, image by image, under the names and with the values of the converted
    /// graph's steps: `features.init_conv`; `….conv_1` after the batch norm and ReLU that follow it, in the order of the
    /// dense network's channels; `….conv_2`, the new channels alone; `features.transition_S.conv` and `.pool`;
    /// `features.pool_last`, the features that the classifier reads; `classifier`.
    ///
    /// - Parameters:
    ///   - images: `[N, 3, H, W]`.
    ///   - count: N.
    ///   - keptFeatures: the features that a dense network's classifier reads, in its order; `nil` for all. A converted
    ///     network has made its choice, and its own counts.
    ///   - observe: receives every layer's output.
    /// - Returns: the logits, `[N, classes]`.
    /// - Precondition: `images` holds N images of the architecture's input size, and every kept feature exists.
    /// - Throws: `ConversionError` when tensors are missing or do not fit, `CheckpointError`, and what `observe` throws.
    public func evaluate(
        _ images: [Float], count: Int, keptFeatures: [Int]? = nil, observe: (LayerOutput) throws -> Void = { _ in }
    ) throws -> [Double] {
        let size = 3 * architecture.inputSize * architecture.inputSize
        precondition(images.count == count * size, "\(images.count) numbers for \(count) images of \(size)")
        return try (0..<count).flatMap { position in
            func report(_ name: String, _ planes: Planes) throws {
                try observe(LayerOutput(image: position, name: name, shape: planes.shape, values: planes.values))
            }
            let image = images[(position * size)..<((position + 1) * size)]
            return try classify(try pooled(image, report), keptFeatures, report).values
        }
    }

    /// What `features.pool_last` computes before anything is dropped: every feature's mean over the image.
    ///
    /// With `logits` it gives the answers of several classifiers for the price of one evaluation.
    /// - Parameter image: `[3, H, W]`.
    /// - Returns: `[features]`.
    /// - Precondition: the image has the architecture's input size.
    /// - Throws: as `evaluate`.
    public func features(of image: [Float]) throws -> [Double] {
        try pooled(image[...]) { _, _ in }.values
    }

    /// The classifier's answer to one image's `features`.
    ///
    /// - Parameter keptFeatures: as in `evaluate`.
    /// - Returns: `[classes]`.
    /// - Throws: as `evaluate`.
    public func logits(of features: [Double], keptFeatures: [Int]? = nil) throws -> [Double] {
        let planes = Planes(PlaneShape(channels: features.count, height: 1, width: 1), features)
        return try classify(planes, keptFeatures) { _, _ in }.values
    }
}
