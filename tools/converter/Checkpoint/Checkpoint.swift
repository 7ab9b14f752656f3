/// The tensors of a trained network, read from a file of PyTorch's or safetensors.
///
/// The file's container is recognised by its content, never by its name. Nothing in the file is ever run: a pickle's
/// opcodes become inert values, and a class or function outside a short list is an error that names it. For any bytes,
/// loading either throws a ``CheckpointError`` or yields tensors whose every element was proven to lie inside the file,
/// within the time and memory that ``CheckpointLimits`` allow.
public struct Checkpoint: Sendable {
    /// How the file holds its tensors.
    public enum Container: String, Sendable {
        /// PyTorch 1.6 and later: a zip archive.
        case zip
        /// PyTorch 0.1.10 to 1.5: pickles one after another, then the data.
        case stackedPickles = "stacked-pickles"
        /// PyTorch before 0.1.10: a tar archive.
        case tar
        /// A safetensors file.
        case safetensors
    }

    /// What the file turned out to be.
    public let container: Container
    /// The tensors' names in file order, as in the file less `module.`, `_orig_mod.` and `model.` at the start of every
    /// one.
    public private(set) var names: [String]
    /// What was left out, a line each: `ignored beside the state dict: epoch, optimizer`.
    public let remarks: [String]
    /// The names of the classes in their order, where the file has them beside the tensors; empty where it has none.
    public let classNames: [String]
    /// The whole numbers among the settings that training has stored as `args` beside the tensors.
    public let settings: [String: Int]
    /// What a safetensors file's metadata call its format, such as `pt`.
    public let format: String?
    private var tensors: [String: CheckpointTensor]
    /// What errors call the file.
    private let file: String

    /// The tensor of this name.
    public subscript(name: String) -> CheckpointTensor? { tensors[name] }

    /// Reads the checkpoint at `path`.
    ///
    /// - Throws: ``CheckpointError``.
    public static func load(
        path: String, weights: String? = nil, limits: CheckpointLimits = .default
    ) throws -> Checkpoint {
        try load(
            bytes: try CheckpointFile.read(path: path, limits: limits), name: path, weights: weights, limits: limits)
    }

    /// Reads a checkpoint from memory.
    ///
    /// The tensors share `bytes`, which stay in memory as long as any of them.
    ///
    /// - Parameters:
    ///   - name: what errors call the file.
    ///   - weights: the key, or the prefix of names, of the weights to take where there are several; `nil` for the usual.
    /// - Throws: ``CheckpointError``.
    public static func load(
        bytes: [UInt8], name: String, weights: String? = nil, limits: CheckpointLimits = .default
    ) throws -> Checkpoint {
        let place = CheckpointLocation(file: name)
        guard bytes.count <= limits.fileBytes else {
            throw CheckpointError.overLimit(.fileBytes, limit: limits.fileBytes, found: bytes.count, at: place)
        }
        let (container, state) = try read(bytes, at: place, limits: limits, weights: weights)
        return Checkpoint(container, state, file: name)
    }

    /// What the bytes of a file, or of the only file in an archive, hold.
    static func read(
        _ bytes: [UInt8], at place: CheckpointLocation, limits: CheckpointLimits, weights: String?
    ) throws -> (container: Container, state: StateDict.Resolved) {
        let container = try Container(of: bytes, at: place)
        let load =
            switch container {
            case .zip: ZipCheckpoint.load
            case .stackedPickles: StackedPickles.load
            case .tar: TarCheckpoint.load
            case .safetensors: SafetensorsCheckpoint.load
            }
        let state = try load(bytes[...], place, limits, weights)
        try state.checkExpansion(of: bytes.count, limits, at: place)
        return (container, state)
    }

    /// The tensors whose names begin with `prefix`, without it.
    ///
    /// - Throws: ``CheckpointError/stateDict(_:at:)`` where two tensors get one name.
    public func selecting(prefix: String) throws -> Checkpoint {
        var result = self
        result.names = names.filter { $0.hasPrefix(prefix) }
        result.tensors = tensors.filter { $0.key.hasPrefix(prefix) }
        return try result.renamed { String($0.dropFirst(prefix.count)) }
    }

    /// The same tensors under other names.
    ///
    /// - Throws: ``CheckpointError/stateDict(_:at:)`` where two tensors get one name.
    public func renamed(_ rename: (String) -> String) throws -> Checkpoint {
        var result = self
        result.names = names.map(rename)
        var tensors: [String: CheckpointTensor] = [:]
        for (old, new) in zip(names, result.names) {
            guard tensors.updateValue(self.tensors[old]!, forKey: new) == nil else {
                throw CheckpointError.stateDict(.duplicateName(new), at: CheckpointLocation(file: file))
            }
        }
        result.tensors = tensors
        return result
    }

    private init(_ container: Container, _ state: StateDict.Resolved, file: String) {
        self.file = file
        self.container = container
        names = state.tensors.map(\.name)
        remarks = state.remarks
        format = state.format
        classNames = state.classNames
        settings = state.settings
        tensors = Dictionary(uniqueKeysWithValues: state.tensors.map { ($0.name, $0) })
    }
}

extension Checkpoint.Container {
    /// The container that the file's first bytes announce.
    init(of bytes: [UInt8], at place: CheckpointLocation) throws {
        func has(_ signature: [UInt8], at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: signature) }
        if has([0x50, 0x4B, 3, 4]) || has([0x50, 0x4B, 5, 6]) {
            self = .zip
        } else if has(Array("ustar".utf8), at: 257) {
            self = .tar
        } else if has([UInt8(ascii: "{")], at: 8) {
            self = .safetensors
        } else if bytes.first == PickleOpcode.proto.rawValue || has(Array("L119547037146038801333356L".utf8)) {
            guard !bytes.isPlainPickle else {
                throw CheckpointError.unknownContainer(
                    found: "a plain pickle: load it in Python and save its state dict by torch.save", at: place)
            }
            self = .stackedPickles
        } else {
            let start = bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
            let found: String = bytes.foreignKind ?? (bytes.isEmpty ? "an empty file" : "bytes \(start)")
            throw CheckpointError.unknownContainer(found: found, at: place)
        }
    }
}
