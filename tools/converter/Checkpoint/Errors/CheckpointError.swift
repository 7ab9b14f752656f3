import Foundations

/// Why a file could not be read as a trained checkpoint.
///
/// Every case says what was expected, what was found and where. Reading throws nothing else, but for `FileError` and `MemoryError`.
public enum CheckpointError: Error, Equatable, Sendable {
    /// The first bytes are those of no container this reader knows.
    case unknownContainer(found: String, at: CheckpointLocation)
    /// `expected` bytes were due at this place and `found` were left.
    case truncated(expected: Int, found: Int, at: CheckpointLocation)
    /// `count` bytes follow where nothing may.
    case trailingBytes(count: Int, at: CheckpointLocation)
    /// The name of a tensor, a storage, a type or a member of a tar archive is not printable ASCII.
    case name(found: String, at: CheckpointLocation)
    /// A quantity that ``CheckpointLimits`` bounds is larger than its limit.
    case overLimit(LimitedQuantity, limit: Int, found: Int, at: CheckpointLocation)
    /// The zip archive is not one that can be trusted.
    case zip(ZipFault, at: CheckpointLocation)
    /// The tar archive, or what PyTorch keeps in it, is malformed.
    case tar(TarFault, at: CheckpointLocation)
    /// The safetensors header or its data are malformed.
    case safetensors(SafetensorsFault, at: CheckpointLocation)
    /// A pickle is malformed, or holds more than tensors and plain values.
    case pickle(PickleFault, at: CheckpointLocation)
    /// A storage is missing, or is not what its tensors say it is.
    case storage(StorageFault, at: CheckpointLocation)
    /// The object holds no usable state dict.
    case stateDict(StateDictFault, at: CheckpointLocation)
    /// ``CheckpointTensor/integers()`` was asked of a tensor of real numbers.
    case notIntegers(found: ElementType, at: CheckpointLocation)
}

extension CheckpointError: CategorizedError {
    /// Bad data.
    public var category: ErrorCategory { .badData }

    /// The description, which names the file.
    public func message(about path: String) -> String { description }

    /// One line: where, what was expected, what was found.
    public var description: String {
        switch self {
        case .unknownContainer(let found, let place):
            "\(place): expected a PyTorch checkpoint (zip, stacked pickles or tar) or safetensors, found \(found)"
        case .truncated(let expected, let found, let place):
            "\(place): cut short: expected \(expected) more bytes, found \(found)"
        case .trailingBytes(let count, let place):
            "\(place): expected the end, found \(count) more bytes"
        case .overLimit(let quantity, let limit, let found, let place):
            "\(place): \(quantity.rawValue): \(found), the limit is \(limit)"
        case .name(let found, let place): "\(place): expected a name of printable ASCII, found \"\(printable(found))\""
        case .zip(let fault, let place): "\(place): \(fault)"
        case .tar(let fault, let place): "\(place): \(fault)"
        case .safetensors(let fault, let place): "\(place): \(fault)"
        case .pickle(let fault, let place): "\(place): \(fault)"
        case .storage(let fault, let place): "\(place): \(fault)"
        case .stateDict(let fault, let place): "\(place): \(fault)"
        case .notIntegers(let found, let place): "\(place): expected integers, found \(found.rawValue)"
        }
    }
}
