/// How much a checkpoint may ask for before it is refused.
///
/// The defaults leave room for every network of the CondenseNet family and bound the memory and time that any file
/// can cost. A program may raise one where its user needs more.
public struct CheckpointLimits: Sendable, Equatable {
    /// Bytes of the file.
    public var fileBytes = 2 << 30
    /// Tensors in the state dict.
    public var tensors = 4096
    /// Dimensions of a tensor in the state dict.
    public var rank = 4
    /// Entries of a zip archive, or members of a tar archive.
    public var archiveEntries = 65_536
    /// Bytes of a safetensors header.
    public var headerBytes = 1 << 20
    /// Pickle opcodes, over all pickles of the file, or of a member of a tar archive. An opcode that copies a list, a
    /// shape or strides counts once more for each item, and one that names a storage for each eight bytes of the name.
    public var pickleOpcodes = 1_000_000
    /// Containers inside containers in a pickle, and marks inside marks.
    public var pickleDepth = 64
    /// Bytes of a name: of a tensor, a storage key, a class.
    public var nameBytes = 1024
    /// Bytes that the compressed entries of a zip archive may expand to, as a multiple of the file's. A mebibyte is
    /// always allowed.
    public var inflationRatio = 64
    /// Bytes of all tensors in the state dict, at least four for each element, as a multiple of the file's. A mebibyte
    /// is always allowed.
    public var expansionRatio = 8
    /// Bytes of all tensors in the state dict as a multiple of those of the storages that they lie in: how often tensors
    /// may share elements, or one repeat its own. A mebibyte is always allowed.
    public var repetitionRatio = 2

    /// The limits that programs use unless they are told otherwise.
    public static let `default` = CheckpointLimits()

    /// The default limits, to be adjusted.
    public init() {}

    /// `bytes` times `ratio`, at least a mebibyte, at most `Int.max`.
    static func allowance(_ bytes: Int, times ratio: Int) -> Int {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: ratio)
        return overflow ? .max : max(product, 1 << 20)
    }
}

/// What a limit bounds.
public enum LimitedQuantity: String, Sendable {
    /// ``CheckpointLimits/fileBytes``
    case fileBytes = "bytes of the file"
    /// ``CheckpointLimits/tensors``
    case tensors = "tensors in the state dict"
    /// ``CheckpointLimits/rank``
    case rank = "dimensions of a tensor"
    /// ``CheckpointLimits/archiveEntries``
    case archiveEntries = "entries of the archive"
    /// ``CheckpointLimits/headerBytes``
    case headerBytes = "bytes of the header"
    /// ``CheckpointLimits/pickleOpcodes``
    case pickleOpcodes = "pickle opcodes"
    /// ``CheckpointLimits/pickleDepth``
    case pickleDepth = "nested containers in a pickle"
    /// ``CheckpointLimits/nameBytes``
    case nameBytes = "bytes of a name"
    /// Bytes of an integer in a pickle that is wider than 64 bits.
    case integerBytes = "bytes of an integer"
    /// ``CheckpointLimits/inflationRatio``
    case inflatedBytes = "bytes that the compressed entries expand to"
    /// ``CheckpointLimits/expansionRatio`` and ``CheckpointLimits/repetitionRatio``
    case expandedBytes = "bytes of all tensors together"
}
