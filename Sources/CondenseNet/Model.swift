import ModelFormat

/// A network with its weights, ready to be planned.
public final class Model: Sendable {
    /// Where a model's weights come from.
    public enum Weights: Equatable, Sendable {
        /// A trained model's file.
        case trained
        /// An architecture file, filled with random numbers from this seed: good for measuring latency, for nothing else.
        case random(seed: UInt64)
    }

    /// Graph, preprocessing, labels and provenance.
    public let description: ModelDescription
    /// Whether the answers mean anything.
    public let weights: Weights
    /// Conv and linear multiply-accumulates of one inference.
    public let multiplyAccumulates: Int
    /// Bytes of the file.
    public let fileBytes: Int
    /// The CRC-32 of a model file, eight hex digits; `nil` for random weights.
    public let checksum: String?

    let tensors: any TensorSource

    /// Loads and proves a model file or an architecture file, told apart by content.
    ///
    /// - Parameter seed: seeds the weights of an architecture file.
    /// - Throws: `ModelFormatError`.
    public init(path: String, seed: UInt64 = 1) throws {
        let storage = try FileInput.read(path, limit: FormatLimits.fileBytes)
        fileBytes = storage.bytes.count
        if ArchitectureFile.recognizes(UnsafeRawBufferPointer(storage.bytes)) {
            description = try ArchitectureFile.parse(UnsafeRawBufferPointer(storage.bytes))
            weights = .random(seed: seed)
            multiplyAccumulates = try description.validate()
            checksum = nil
            tensors = RandomTensors(description.graph, seed: seed)
        } else {
            let file = try ModelFile(storage)
            description = file.description
            weights = .trained
            multiplyAccumulates = file.multiplyAccumulates
            checksum = file.checksum
            tensors = file
        }
    }

    /// A model from the bytes of a model file.
    ///
    /// - Throws: `ModelFormatError`.
    public init(bytes: [UInt8]) throws {
        let file = try ModelFile(bytes: bytes)
        description = file.description
        weights = .trained
        multiplyAccumulates = file.multiplyAccumulates
        fileBytes = file.byteCount
        checksum = file.checksum
        tensors = file
    }
}

/// Gives the tensors that a graph names.
public protocol TensorSource: Sendable {
    /// The elements of a float tensor, in C order.
    func floats(_ name: String) -> [Float]
    /// The elements of an index tensor.
    func indices(_ name: String) -> [Int32]
}

extension ModelFile: TensorSource {}
