import Checkpoint

/// A checkpoint's tensors by the names that the original code gives them, each proven to have its shape.
struct SourceTensors {
    private let checkpoint: Checkpoint

    init(_ checkpoint: Checkpoint) { self.checkpoint = checkpoint }

    /// Whether the checkpoint holds tensor `name`.
    func has(_ name: String) -> Bool { checkpoint[name] != nil }

    /// The numbers of tensor `name`, in row-major order.
    ///
    /// - Parameter shape: the shape that it must have; `nil` takes any.
    /// - Throws: `ConversionError` when there is no such tensor or its shape differs.
    func numbers(_ name: String, shape: [Int]? = nil) throws -> [Double] {
        let tensor = try tensor(name)
        if let shape, tensor.shape != shape { throw failure(name, "\(shape)", tensor.shape) }
        return try tensor.floats().map(Double.init)
    }

    /// The indices in tensor `name`, each proven to be in `0..<bound`.
    func indices(_ name: String, below bound: Int) throws -> [Int] {
        let indices = try tensor(name).integers().map { Int($0) }
        if let position = indices.firstIndex(where: { $0 < 0 || $0 >= bound }) {
            throw ConversionError.problems([
                .value(
                    tensor: name, position: position, expected: "indices from 0 to \(bound - 1)",
                    found: "\(indices[position])")
            ])
        }
        return indices
    }

    /// The batch norm called `name`.
    func batchNorm(_ name: String, channels: Int) throws -> BatchNorm {
        BatchNorm(
            weight: try numbers("\(name).weight", shape: [channels]),
            bias: try numbers("\(name).bias", shape: [channels]),
            mean: try numbers("\(name).running_mean", shape: [channels]),
            variance: try numbers("\(name).running_var", shape: [channels]))
    }

    /// The weights of a convolution, whose groups divide `inputs` and its outputs.
    func convolution(_ name: String, inputs: Int, kernel: Int) throws -> ConvolutionWeights {
        let shape = try tensor(name).shape
        guard shape.count == 4, shape[0] > 0, shape[1] > 0, shape[2...] == [kernel, kernel],
            inputs % shape[1] == 0, shape[0] % (inputs / shape[1]) == 0
        else { throw failure(name, "[outputs, inputs/groups, \(kernel), \(kernel)] for \(inputs) inputs", shape) }
        return ConvolutionWeights(
            outputs: shape[0], inputsPerGroup: shape[1], kernel: kernel, values: try numbers(name))
    }

    private func tensor(_ name: String) throws -> CheckpointTensor {
        guard let tensor = checkpoint[name] else { throw ConversionError.problems([.missing(tensor: name)]) }
        return tensor
    }

    private func failure(_ name: String, _ expected: String, _ found: [Int]) -> ConversionError {
        .problems([.shape(tensor: name, expected: expected, found: found)])
    }
}
