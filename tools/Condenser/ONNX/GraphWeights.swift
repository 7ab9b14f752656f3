import ModelFormat

/// Where the numbers of a graph's tensors come from: a model file, or a generator for an architecture without weights.
public protocol GraphWeights {
    /// The elements of a tensor of floats, in row-major order.
    func floats(_ tensor: TensorSpecification) throws -> [Float]

    /// The elements of a tensor of role `index`, each in `0..<tensor.indexBound`.
    func indices(_ tensor: TensorSpecification) throws -> [Int32]
}

extension ModelFile: GraphWeights {
    /// The file's floats, half precision widened.
    public func floats(_ tensor: TensorSpecification) -> [Float] { floats(tensor.name) }

    /// The file's indices.
    public func indices(_ tensor: TensorSpecification) -> [Int32] { indices(tensor.name) }
}
