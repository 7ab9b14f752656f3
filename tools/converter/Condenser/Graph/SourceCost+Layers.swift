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

    /// A linear layer: one for each weight and, in version 1's count, each bias.
    static func linear(inputs: Int, outputs: Int, countsBiases: Bool = true) -> SourceCost {
        SourceCost(
            parameters: (inputs + 1) * outputs, paperFLOPs: (inputs + (countsBiases ? 1 : 0)) * outputs)
    }

    /// Squeeze-excite in version 2's count: one for each element that is averaged, each weight and each ReLU, two for each
    /// sigmoid; multiplying the planes costs nothing.
    static func squeezeExcite(_ shape: PlaneShape, hidden: Int) -> SourceCost {
        let weights = 2 * hidden * shape.channels
        return SourceCost(parameters: weights, paperFLOPs: shape.count + weights + hidden + 2 * shape.channels)
    }

    static func + (left: SourceCost, right: SourceCost) -> SourceCost {
        SourceCost(parameters: left.parameters + right.parameters, paperFLOPs: left.paperFLOPs + right.paperFLOPs)
    }
}
