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
}

extension ModelFile: TensorSource {}
