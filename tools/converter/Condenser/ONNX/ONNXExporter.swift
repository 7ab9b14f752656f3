import CondenseNet
import Foundations
import ModelFormat

/// Writes a condensed network as an ONNX model, so that it can be checked and timed in other runtimes.
///
/// The model has opset 14, an input `input` of shape `[N, 3, H, W]` and an output `logits` of shape `[N, classes]`, both
/// float32; N is free. Its metadata tell the preprocessing and the labels. Source: onnx.proto of the ONNX project.
public enum ONNXExporter {
    /// The version of ONNX's operator set that the models use.
    public static let operatorSet = 14
    /// The version of ONNX's file format that came with that operator set.
    static let fileVersion = 7
    /// Protocol Buffers parsers take no message beyond 2 GiB.
    static let fileLimit = Int(Int32.max)
    /// What everything but the tensors usually fits into.
    private static let structureBytes = 16 << 20

    /// The bytes of an ONNX model of the network in the file at `path`: a model file, whose half precision is widened, or
    /// an architecture file, which gets the runtime's random weights.
    ///
    /// The same bytes for the same file and seed.
    /// - Parameter seed: seeds the weights of an architecture file.
    /// - Throws: `ModelFormatError`.
    public static func bytes(path: String, seed: UInt64 = 1) throws -> [UInt8] {
        let storage = try FileInput.read(path, limit: FormatLimits.fileBytes)
        guard storage.withUnsafeBytes(ArchitectureFile.recognizes) else { return try bytes(try ModelFile(storage)) }
        let description = try storage.withUnsafeBytes(ArchitectureFile.parse)
        return try bytes(description, tensors: RandomTensors(description.graph, seed: seed))
    }

    /// The bytes of an ONNX model that computes what `model` computes, half precision widened to float32, bytes between
    /// `QuantizeLinear` and `DequantizeLinear`.
    ///
    /// - Throws: `ModelFormatError.limit` when the model is too large for Protocol Buffers.
    public static func bytes(_ model: ModelFile) throws -> [UInt8] {
        try bytes(model.description, tensors: model)
    }

    /// The bytes of an ONNX model of the network that `description` describes.
    ///
    /// - Parameter tensors: gives every tensor that the graph names.
    /// - Throws: `ModelFormatError` for a description that breaks a rule or a model too large for Protocol Buffers.
    public static func bytes(_ description: ModelDescription, tensors: some TensorSource) throws -> [UInt8] {
        try bytes(description, tensors: tensors, limit: fileLimit)
    }

    /// As above, with another limit to the file's bytes: checked for the tensors alone before they are written, then for
    /// everything.
    static func bytes(
        _ description: ModelDescription, tensors: some TensorSource, limit: Int
    ) throws -> [UInt8] {
        func check(_ what: String, _ bytes: Int) throws {
            guard bytes <= limit else {
                throw ModelFormatError.limit(what: "bytes of \(what)", found: bytes, limit: limit)
            }
        }
        try description.validate()
        let graph = ONNXGraphBuilder.build(description)
        try check("tensors in an ONNX file", graph.constantBytes)
        // A reactivation becomes a dense matrix, which a small model file could make as large as it likes.
        let stored = description.tensors.reduce(0) { $0 + 4 * $1.count }
        guard graph.scatteredBytes <= max(64 << 20, 64 * stored) else {
            throw ModelFormatError.limit(
                what: "bytes of reactivations in an ONNX file", found: graph.scatteredBytes,
                limit: max(64 << 20, 64 * stored))
        }
        var writer = ProtobufWriter(capacity: graph.constantBytes + structureBytes)
        writer.integer(ModelField.fileVersion, fileVersion)
        writer.string(ModelField.producerName, "condensenet")
        try writer.message(ModelField.graph) { try graph.write(description, tensors, to: &$0) }
        writer.message(ModelField.operatorSets) { $0.integer(2, operatorSet) }
        for (key, value) in metadata(of: description) {
            writer.message(ModelField.metadata) {
                $0.string(1, key)
                $0.string(2, value)
            }
        }
        try check("an ONNX file", writer.bytes.count)
        return writer.bytes
    }

    private static func metadata(of description: ModelDescription) -> [(String, String)] {
        let preprocessing = description.preprocessing
        func list(_ numbers: [Float]) -> String { numbers.map(\.description).joined(separator: ",") }
        return [
            ("resize", preprocessing.resize.map(\.description) ?? ""),
            ("crop", preprocessing.crop.map(\.description) ?? ""),
            ("mean", list(preprocessing.mean)),
            ("std", list(preprocessing.std)),
            ("colorOrder", preprocessing.colorOrder.rawValue),
            ("labels", description.labels.joined(separator: "\n")),
        ].filter { !$0.1.isEmpty }
    }
}

/// Field numbers of `ModelProto`.
private enum ModelField {
    static let fileVersion = 1
    static let producerName = 2
    static let graph = 7
    static let operatorSets = 8
    static let metadata = 14
}
