import ModelFormat

/// The authors' counting rule, layer by layer. It counts neither a convolution's bias nor maximum pooling.
extension SourceCost {
    /// A convolution without bias: one multiply-accumulate for each weight and output pixel.
    static func convolution(weights: Int, pixels: Int) -> SourceCost {
        SourceCost(parameters: weights, paperFLOPs: weights * pixels)
    }

    /// A batch norm, which costs nothing but its weight and bias, and a ReLU, which costs one for each input.
    static func normalized(_ channels: Int, pixels: Int) -> SourceCost {
        SourceCost(parameters: 2 * channels, paperFLOPs: channels * pixels)
    }

    /// An activation, which costs one for each element.
    static func activated(_ activation: Activation, _ shape: PlaneShape) -> SourceCost {
        SourceCost(parameters: 0, paperFLOPs: activation == .none ? 0 : shape.count)
    }

    /// Average pooling: one for each element of each window.
    static func averagePooling(outputs: Int, window: Int) -> SourceCost {
        SourceCost(parameters: 0, paperFLOPs: outputs * window)
    }

    /// A linear layer: one for each weight and each bias.
    static func linear(inputs: Int, outputs: Int) -> SourceCost {
        SourceCost(parameters: (inputs + 1) * outputs, paperFLOPs: (inputs + 1) * outputs)
    }

    static func + (left: SourceCost, right: SourceCost) -> SourceCost {
        SourceCost(parameters: left.parameters + right.parameters, paperFLOPs: left.paperFLOPs + right.paperFLOPs)
    }
}
