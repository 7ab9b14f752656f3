import Engine
import Foundations
import ModelFormat
import Synchronization

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
    /// Bytes of the file; 0 for none.
    public let fileBytes: Int
    /// Whether the file stores weights in half precision.
    public let isHalfPrecision: Bool
    /// What the network is to be computed in; single precision where the processor cannot compute in half.
    public let precision: Precision
    /// The CRC-32 of a model file, eight hex digits; `nil` for random weights.
    public let checksum: String?
    /// The CRC-32 of the file's bytes, eight hex digits: of a model file the one that it carries; `nil` where there is no
    /// file.
    package let fileChecksum: String?

    let tensors: any TensorSource
    private let isConsumed = Atomic(false)

    /// The tensors for a plan; one that consumes them is the last.
    ///
    /// - Throws: `RuntimeError.consumedModel` after a plan that has consumed them.
    func tensors(consuming: Bool) throws -> any TensorSource {
        guard !(consuming ? isConsumed.exchange(true, ordering: .relaxed) : isConsumed.load(ordering: .relaxed)) else {
            throw RuntimeError.consumedModel
        }
        guard consuming, let file = tensors as? ModelFile else { return tensors }
        return ConsumedTensors(file)
    }

    /// Loads and proves a model file or an architecture file, told apart by content.
    ///
    /// - Parameters:
    ///   - seed: seeds the weights of an architecture file.
    ///   - precision: what the network of an architecture file is to be computed in; a model file says it.
    /// - Throws: `ModelFormatError`.
    public convenience init(path: String, seed: UInt64 = 1, precision: Precision = .f32) throws {
        try self.init(try FileInput.read(path, limit: FormatLimits.fileBytes), seed: seed, precision: precision)
    }

    /// Proves a copy of a model or architecture file's bytes.
    ///
    /// - Throws: as `init(path:seed:precision:)`.
    public convenience init(bytes: some Collection<UInt8>, seed: UInt64 = 1, precision: Precision = .f32) throws {
        guard bytes.count <= FormatLimits.fileBytes else {
            throw ModelFormatError.limit(what: "bytes of the file", found: bytes.count, limit: FormatLimits.fileBytes)
        }
        let storage = try Storage(byteCount: bytes.count)
        storage.bytes.copyBytes(from: bytes)
        try self.init(storage, seed: seed, precision: precision)
    }

    private convenience init(_ storage: Storage, seed: UInt64, precision: Precision) throws {
        if storage.withUnsafeBytes(ArchitectureFile.recognizes) {
            try self.init(
                architecture: try storage.withUnsafeBytes(ArchitectureFile.parse), seed: seed, precision: precision,
                fileBytes: storage.bytes.count, fileChecksum: storage.withUnsafeBytes { CRC32($0).digits })
        } else {
            self.init(try ModelFile(storage))
        }
    }

    /// A model of random weights.
    ///
    /// - Throws: `ModelFormatError` when the description is not sound.
    public convenience init(architecture: ModelDescription, seed: UInt64, precision: Precision = .f32) throws {
        try self.init(architecture: architecture, seed: seed, precision: precision, fileBytes: 0, fileChecksum: nil)
    }

    private init(
        architecture: ModelDescription, seed: UInt64, precision: Precision, fileBytes: Int, fileChecksum: String?
    ) throws {
        self.precision = precision
        var architecture = architecture
        architecture.isQuantized = precision == .int8
        multiplyAccumulates = try architecture.validate()
        description = architecture
        weights = .random(seed: seed)
        self.fileBytes = fileBytes
        isHalfPrecision = false
        checksum = nil
        self.fileChecksum = fileChecksum
        tensors = RandomTensors(architecture.graph, isQuantized: architecture.isQuantized, seed: seed)
    }

    /// The model in a file that has been proven.
    public init(_ file: ModelFile) {
        description = file.description
        weights = .trained
        multiplyAccumulates = file.multiplyAccumulates
        fileBytes = file.byteCount
        isHalfPrecision = file.isHalfPrecision
        precision = file.isQuantized ? .int8 : file.isHalfPrecision ? .f16 : .f32
        checksum = file.checksum
        fileChecksum = file.checksum
        tensors = file
    }
}
