import Checkpoint

/// The numbers of a checkpoint whose names and shapes inference has proven.
struct SourceWeights {
    private let checkpoint: Checkpoint

    init(_ checkpoint: Checkpoint) { self.checkpoint = checkpoint }

    /// The numbers of tensor `name`, in C order.
    ///
    /// - Throws: `ConversionError.problems` where there is none, `CheckpointError`.
    func floats(_ name: String) throws -> [Float] { try tensor(name).floats() }

    /// The indices in tensor `name`.
    ///
    /// - Throws: `ConversionError.problems` where there is none, `CheckpointError`.
    func indices(_ name: String) throws -> [Int] { try tensor(name).integers().map(Int.init) }

    /// A batch norm as one multiplication and one addition, in double precision.
    func batchNorm(_ name: String) throws -> (scale: [Double], shift: [Double]) {
        let weight = try floats("\(name).weight")
        let bias = try floats("\(name).bias")
        let mean = try floats("\(name).running_mean")
        let variance = try floats("\(name).running_var")
        let scale = zip(weight, variance).map { weight, variance in
            Double(weight) / (Double(variance) + BatchNorm.epsilon).squareRoot()
        }
        let shift = scale.indices.map { Double(bias[$0]) - Double(mean[$0]) * scale[$0] }
        return (scale, shift)
    }

    private func tensor(_ name: String) throws -> CheckpointTensor {
        guard let tensor = checkpoint[name] else { throw ConversionError.problems([.missing(tensor: name)]) }
        return tensor
    }
}
