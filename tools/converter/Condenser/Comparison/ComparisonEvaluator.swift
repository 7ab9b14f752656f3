import Checkpoint
import ModelFormat

/// Evaluates a comparison network as its checkpoint holds it, batch norms unfolded, in double precision by im2col and
/// Armadillo's matrix product: nothing is shared with the runtime.
struct ComparisonEvaluator {
    private let tensors: SourceTensors
    private let network: ComparisonNetwork

    init(_ checkpoint: Checkpoint, _ network: ComparisonNetwork) {
        tensors = SourceTensors(checkpoint)
        self.network = network
    }

    /// The logits of one image, `[3, H, W]`.
    ///
    /// - Parameter observe: receives every layer's output, in execution order, as the graph's step of its name writes it.
    /// - Precondition: the image has the network's input size.
    /// - Throws: `ConversionError` when tensors are missing or do not fit, `CheckpointError`, and what `observe` throws.
    func logits(
        _ image: [Float], observe: (SourceEvaluator.LayerOutput) throws -> Void = { _ in }
    ) throws -> [Double] {
        let side = network.inputSize
        let input = Planes(PlaneShape(channels: 3, height: side, width: side), image.map(Double.init))
        var lastReader: [String: Int] = [:]
        for (position, layer) in network.layers.enumerated() {
            for name in layer.inputs { lastReader[name] = position }
        }
        var outputs = [ComparisonNetwork.image: input]
        for (position, layer) in network.layers.enumerated() {
            let output = try evaluate(layer, outputs)
            try observe(
                SourceEvaluator.LayerOutput(image: 0, name: layer.name, shape: output.shape, values: output.values))
            for name in layer.inputs where lastReader[name] == position { outputs[name] = nil }
            outputs[layer.name] = output
        }
        return outputs[network.end]!.values
    }

    private func evaluate(_ layer: ComparisonNetwork.Layer, _ outputs: [String: Planes]) throws -> Planes {
        let input = outputs[layer.input]!
        switch layer.operation {
        case let convolution as Convolution:
            let weights = try tensors.convolution(
                layer.name, inputs: input.shape.channels, kernel: convolution.kernel)
            let sums = try input.convolved(weights, stride: convolution.stride, padding: convolution.padding)
            let channels = sums.shape.channels
            let result =
                if let norm = layer.norm {
                    sums.normalized(try tensors.batchNorm(norm, channels: channels))
                } else {
                    sums.shifted(try tensors.numbers("\(layer.name).bias", shape: [channels]))
                }
            return convolution.activation == .relu ? result.rectified() : result
        case let pooling as Pooling:
            return input.maxima(window: pooling.kernel, stride: pooling.stride, padding: pooling.padding)
        case is GlobalAveragePooling: return input.averaged()
        case let addition as Addition:
            let sum = input.adding(outputs[addition.other]!)
            return addition.activation == .relu ? sum.rectified() : sum
        case let linear as Linear:
            let inputs = input.values.count
            let vector = Planes(PlaneShape(channels: inputs, height: 1, width: 1), input.values)
            let products = try vector.convolved(
                ConvolutionWeights(
                    outputs: linear.outputs, inputsPerGroup: inputs, kernel: 1,
                    values: try tensors.numbers("\(layer.name).weight", shape: [linear.outputs, inputs])))
            let result = products.shifted(try tensors.numbers("\(layer.name).bias", shape: [linear.outputs]))
            return linear.activation == .relu ? result.rectified() : result
        case let other: preconditionFailure("no comparison network has the operation \(other.word)")
        }
    }
}

extension ComparisonNetwork.Layer {
    /// Everything that the layer reads.
    fileprivate var inputs: [String] { [input] + operation.otherInputs }
}
