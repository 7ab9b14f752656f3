import CondenseNet
import Foundations
import ModelFormat

/// What a network is computed in. A file of half precision stores the weights of convolutions and of the classifier in it;
/// scales, shifts and biases stay single until they are packed.
public typealias Precision = CondenseNet.Precision

extension [TensorData] {
    /// The tensors of `graph` as a file of this precision holds them, rounded to nearest, ties to even.
    ///
    /// - Throws: `ConversionError.problems` for weights beyond half precision.
    func stored(_ precision: Precision, _ graph: Graph) throws -> [TensorData] {
        guard precision == .f16 else { return self }
        let weights = Set(graph.tensors.filter { $0.role == .weight }.map(\.name))
        var problems: [CheckpointProblem] = []
        let narrowed = map { tensor -> TensorData in
            guard weights.contains(tensor.name), case .float32(let floats) = tensor.elements else { return tensor }
            let halves = floats.map(Half.narrow)
            if let position = halves.firstIndex(where: { $0 & 0x7C00 == 0x7C00 }) {
                problems.append(
                    .overflow(
                        tensor: tensor.name, position: position, value: Double(floats[position]),
                        type: "half precision (±65,504)"))
            }
            return TensorData(name: tensor.name, shape: tensor.shape, elements: .float16(halves))
        }
        guard problems.isEmpty else { throw ConversionError.problems(problems) }
        return narrowed
    }
}
