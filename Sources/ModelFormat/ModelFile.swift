/// A model file whose every byte has been checked: checksum, header, graph, tensor shapes, gather indices and numbers.
///
/// The format is safetensors with this module's metadata; `docs/format.md` defines it.
public final class ModelFile: Sendable {
    /// The version of the format that this program writes, and the only one that it reads.
    public static let version = "1"
    static let format = "condensenet"

    public let description: ModelDescription
    /// Conv and linear multiply-accumulates of one inference.
    public let multiplyAccumulates: Int
    /// The file's CRC-32, eight hex digits: a short name for these exact weights.
    public let checksum: String
    /// Bytes of the file.
    public var byteCount: Int { storage.bytes.count }

    private let storage: Storage
    private let tensors: [String: TensorEntry]

    /// Reads and proves the file at `path`.
    ///
    /// - Throws: `ModelFormatError`.
    public convenience init(path: String) throws {
        try self.init(try FileInput.read(path, limit: FormatLimits.fileBytes))
    }

    /// Proves a file's content, which must not change afterwards.
    ///
    /// - Throws: `ModelFormatError`.
    public init(_ storage: Storage) throws {
        let file = UnsafeRawBufferPointer(storage.bytes)
        let header = try SafetensorsHeader(file)
        try Checksum.verify(file)
        checksum = String(decoding: file[Checksum.digits], as: UTF8.self)
        description = try ModelDescription(metadata: header.metadata)
        multiplyAccumulates = try description.validate()
        tensors = Dictionary(uniqueKeysWithValues: header.tensors.map { ($0.name, $0) })
        self.storage = storage
        try checkTensors()
    }

    /// The floats of tensor `name`, half precision widened exactly.
    ///
    /// - Precondition: the graph names the tensor, and it is not an index.
    public func floats(_ name: String) -> [Float] {
        let (entry, data) = data(name)
        precondition(entry.elementType != .int32, "\(name) holds indices")
        return entry.elementType == .float32
            ? (0..<entry.count).map { data.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
            : (0..<entry.count).map { Half.widen(data.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)) }
    }

    /// The indices of tensor `name`, each proven to lie within its bound.
    ///
    /// - Precondition: the graph names the tensor, and it is an index.
    public func indices(_ name: String) -> [Int32] {
        let (entry, data) = data(name)
        precondition(entry.elementType == .int32, "\(name) holds no indices")
        return (0..<entry.count).map { data.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self) }
    }

    private func data(_ name: String) -> (TensorEntry, UnsafeRawBufferPointer) {
        guard let entry = tensors[name] else { preconditionFailure("no tensor \(name)") }
        let range = entry.offset..<(entry.offset + entry.count * entry.elementType.size)
        return (entry, UnsafeRawBufferPointer(rebasing: storage.bytes[range]))
    }

    private func checkTensors() throws {
        let specifications = description.graph.tensors
        for specification in specifications { try check(specification) }
        if tensors.count > specifications.count {
            let known = Set(specifications.map(\.name))
            let unknown = tensors.keys.filter { !known.contains($0) }.min()!
            throw ModelFormatError.tensor(name: unknown, expected: "no such tensor", found: "one that no step reads")
        }
    }

    private func check(_ specification: TensorSpecification) throws {
        func failure(_ expected: String, _ found: String) -> ModelFormatError {
            .tensor(name: specification.name, expected: expected, found: found)
        }
        let isIndex = specification.role == .index
        guard let entry = tensors[specification.name] else {
            throw failure("a tensor of shape \(specification.shape)", "none")
        }
        guard entry.shape == specification.shape else {
            throw failure("shape \(specification.shape)", "\(entry.shape)")
        }
        guard (entry.elementType == .int32) == isIndex else {
            throw failure(isIndex ? "element type I32" : "element type F32 or F16", entry.elementType.rawValue)
        }
        let (_, data) = data(specification.name)
        if isIndex {
            for position in 0..<entry.count {
                let index = Int(data.loadUnaligned(fromByteOffset: 4 * position, as: Int32.self))
                guard index >= 0, index < specification.indexBound else {
                    throw failure("indices from 0 to \(specification.indexBound - 1)", "\(index) at \(position)")
                }
            }
        } else if let position = firstNonFinite(data, entry) {
            throw failure("finite numbers", "\(floats(specification.name)[position]) at \(position)")
        }
    }

    private func firstNonFinite(_ data: UnsafeRawBufferPointer, _ entry: TensorEntry) -> Int? {
        if entry.elementType == .float16 {
            return (0..<entry.count).first {
                data.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self) & 0x7C00 == 0x7C00
            }
        }
        var largest: UInt32 = 0
        for position in 0..<entry.count {
            largest = max(largest, data.loadUnaligned(fromByteOffset: 4 * position, as: UInt32.self) & 0x7FFF_FFFF)
        }
        guard largest >= 0x7F80_0000 else { return nil }
        return (0..<entry.count).first {
            data.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) & 0x7FFF_FFFF >= 0x7F80_0000
        }
    }
}

extension ModelDescription {
    /// Reads the metadata of a model file.
    fileprivate init(metadata: [JSONValue.Member]) throws {
        var members = try JSONMembers(.object(metadata), path: "metadata")
        _ = try members.string("crc32")
        let format = try members.string("format")
        guard format == ModelFile.format else { throw ModelFormatError.notAModel(found: "format \"\(format)\"") }
        let version = try members.string("version")
        guard version == ModelFile.version else {
            throw ModelFormatError.version(found: version, supported: ModelFile.version)
        }
        func nested(_ name: String) throws -> JSONValue {
            try JSONValue.parse(Array(try members.string(name).utf8), source: name)
        }
        name = try members.string("name")
        graph = try Graph(json: try nested("graph"), path: "graph")
        preprocessing = try Preprocessing(json: try nested("preprocessing"), path: "preprocessing")
        labels = try Self.labels(try nested("labels"))
        provenance = try Provenance(json: try nested("provenance"), path: "provenance")
        sample = try SampleAnswers(json: try nested("sample"), path: "sample")
        try members.finish()
    }

    static func labels(_ json: JSONValue) throws -> [String] {
        var members = try JSONMembers(["labels": json], path: "metadata")
        return try members.strings("labels")
    }
}
