import Foundations
import ImageInput
import ModelFormat

/// From an image file to the likeliest classes.
///
/// ```swift
/// let classifier = try Classifier(path: "model.safetensors")
/// for prediction in try classifier.classify(path: "photo.jpg") {
///     print(prediction.label, prediction.probability)
/// }
/// ```
///
/// A classifier serves one caller at a time; several may share one `ExecutionPlan`.
public final class Classifier {
    /// The session that runs the network.
    public let session: Session
    private let transform: ImageTransform
    private let input: Storage
    private var scores: [Float]

    /// The network that classifies.
    public var model: Model { session.plan.model }

    /// Loads and plans the model or architecture file at `path`.
    ///
    /// - Parameter threads: threads that share each image.
    /// - Throws: `ModelFormatError`, `RuntimeError`, or `ImageError.transform` when the model's preprocessing makes no sense.
    public convenience init(path: String, threads: Int = 1) throws {
        try self.init(try Session(plan: try ExecutionPlan(consuming: try Model(path: path)), threads: threads))
    }

    /// A classifier that runs `session`.
    ///
    /// - Throws: `MemoryError`, or `ImageError.transform` when the model's preprocessing makes no sense.
    public init(_ session: Session) throws {
        self.session = session
        let description = session.plan.model.description
        transform = try ImageTransform(description.preprocessing, input: description.inputShape)
        input = try Storage(zeroedFloats: description.inputShape.count)
        scores = [Float](repeating: 0, count: description.classes)
    }

    /// The likeliest classes of the image in a JPEG, PNG, WebP, PPM or PGM file, the likeliest first.
    ///
    /// - Throws: `ImageError`, or `RuntimeError.notFinite` when the network's answer is not a number.
    public func classify(path: String, top: Int = 5) throws -> [Prediction] {
        try classify(try RGBImage.decode(path: path), top: top)
    }

    /// The likeliest classes of an image, the likeliest first.
    ///
    /// - Throws: `ImageError.wrongSize` when the model's preprocessing does not bring the image to the input's size, `MemoryError`,
    ///   or `RuntimeError.notFinite` when the network's answer is not a number.
    public func classify(_ image: RGBImage, top: Int = 5) throws -> [Prediction] {
        try prepare(image)
        return try predict(top: top)
    }

    /// The likeliest classes of a frame, the likeliest first.
    ///
    /// - Throws: as for an image.
    public func classify(_ frame: Frame, top: Int = 5) throws -> [Prediction] {
        try prepare(frame)
        return try predict(top: top)
    }

    /// The likeliest classes of the image in a JPEG, PNG, WebP, PPM or PGM file's bytes, the likeliest first.
    ///
    /// - Parameter name: what messages call the image.
    /// - Throws: as for a path.
    public func classify(bytes: [UInt8], name: String = "image", top: Int = 5) throws -> [Prediction] {
        try classify(try RGBImage.decode(bytes: bytes, name: name), top: top)
    }

    /// Brings an image to the network's input.
    ///
    /// - Throws: `ImageError.wrongSize` or `MemoryError`.
    public func prepare(_ image: RGBImage) throws { try transform.apply(to: image, into: planes) }

    /// Brings a frame to the network's input.
    ///
    /// - Throws: as for an image.
    public func prepare(_ frame: Frame) throws { try transform.apply(to: frame, into: planes) }

    private var planes: UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: input.floats, count: input.bytes.count / 4)
    }

    /// Classifies the image that was prepared last; before any, one of zeros, which warms the caches up.
    ///
    /// - Throws: `RuntimeError.notFinite` when the network's answer is not a number.
    public func predict(top: Int = 5) throws -> [Prediction] {
        try scores.withUnsafeMutableBufferPointer {
            try session.run(UnsafeBufferPointer(planes), into: $0)
        }
        return try Prediction.top(top, logits: scores, labels: model.description.labels)
    }
}

extension ImageTransform {
    /// The transform that a model file describes, for a network whose input has shape `input`.
    ///
    /// - Throws: `ImageError.transform`.
    public init(_ preprocessing: Preprocessing, input: PlaneShape) throws {
        try self.init(
            resize: preprocessing.resize, crop: preprocessing.crop, mean: preprocessing.mean, std: preprocessing.std,
            colorOrder: preprocessing.colorOrder == .rgb ? .rgb : .bgr,
            interpolation: preprocessing.interpolation == .bilinear ? .bilinear : .bicubic,
            outputSize: ImageSize(width: input.width, height: input.height))
    }
}
