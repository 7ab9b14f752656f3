import Foundations
import ModelFormat

/// Gives the tensors that a graph names.
public protocol TensorSource: Sendable {
    /// The elements of a float tensor, in C order.
    ///
    /// - Throws: `MemoryError`.
    func floats(_ name: String) throws -> StoredArray<Float>
    /// The elements of an index tensor.
    ///
    /// - Throws: `MemoryError`.
    func indices(_ name: String) throws -> StoredArray<Int32>
    /// The elements of a tensor of bytes, in C order.
    ///
    /// - Throws: `MemoryError`.
    func bytes(_ name: String) throws -> StoredArray<Int8>
    /// Memory for what is packed of them.
    ///
    /// - Throws: `MemoryError`.
    func memory(_ byteCount: Int) throws -> Storage
}

extension TensorSource {
    /// The input plane of each channel that an operation of `step` sees.
    ///
    /// - Throws: `MemoryError`.
    public func inputPlanes(of step: Step, _ preActivation: PreActivation) throws -> StoredArray<Int32> {
        guard preActivation.gather == nil else { return try indices("\(step.name).index") }
        return try StoredArray(count: step.inputChannels) { planes in
            for channel in planes.indices { planes[channel] = Int32(channel) }
        }
    }

    /// A block of its own.
    public func memory(_ byteCount: Int) throws -> Storage { try Storage(byteCount: byteCount) }
}

extension ModelFile: TensorSource {}

/// A model file's tensors, each of which gives its memory back to the system when the last copy of it is gone. No tensor may
/// be asked for again then.
package struct ConsumedTensors: TensorSource {
    private let file: ModelFile
    /// What is packed of a large file lies together.
    private let pool: StoragePool?

    /// The tensors of `file`, for one reader.
    package init(_ file: ModelFile) {
        self.file = file
        // Packed weights take up to a third more than the file in single precision.
        pool = file.byteCount < Storage.hugePage ? nil : StoragePool(blockBytes: file.byteCount / 2 * 3)
    }

    /// The elements of a float tensor, for the last time.
    public func floats(_ name: String) throws -> StoredArray<Float> { try file.floats(name, consuming: true) }
    /// The elements of an index tensor; these stay.
    public func indices(_ name: String) throws -> StoredArray<Int32> { try file.indices(name) }
    /// The elements of a tensor of bytes, for the last time.
    public func bytes(_ name: String) throws -> StoredArray<Int8> { try file.bytes(name, consuming: true) }
    /// Memory for what is packed of them.
    public func memory(_ byteCount: Int) throws -> Storage {
        try pool?.storage(byteCount) ?? Storage(byteCount: byteCount)
    }
}
