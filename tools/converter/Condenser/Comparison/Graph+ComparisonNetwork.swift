import ModelFormat

extension Graph {
    /// The graph of a comparison network: a value for each layer's output, under the layer's name.
    ///
    /// - Precondition: the network has layers, each of which reads an earlier one or the image.
    /// - Throws: `ConversionError.option` for an input that is too small for the network's windows.
    public init(_ network: ComparisonNetwork) throws {
        let size = network.inputSize
        var shapes = [ComparisonNetwork.image: PlaneShape(channels: 3, height: size, width: size)]
        var values = [Value(ComparisonNetwork.image, shapes[ComparisonNetwork.image]!)]
        var steps: [Step] = []
        for layer in network.layers {
            let input = shapes[layer.input]!
            let output = try layer.output(of: input, inputSize: size)
            shapes[layer.name] = output
            values.append(Value(layer.name, output))
            steps.append(
                Step(
                    name: layer.name, operation: layer.operation, input: layer.input, inputChannels: input.channels,
                    output: layer.name, source: layer.cost(from: input, to: output)))
        }
        self.init(values: values, steps: steps, input: ComparisonNetwork.image, output: network.end)
    }
}

extension ComparisonNetwork.Layer {
    /// The shape of the layer's output.
    fileprivate func output(of input: PlaneShape, inputSize: Int) throws -> PlaneShape {
        func windows(_ channels: Int, kernel: Int, stride: Int, padding: Int) throws -> PlaneShape {
            let span = min(input.height, input.width) + 2 * padding - kernel
            guard span >= 0 else {
                throw ConversionError.option(
                    "--input-size: an input of \(inputSize)×\(inputSize) vanishes at \(name)")
            }
            return PlaneShape(
                channels: channels, height: (input.height + 2 * padding - kernel) / stride + 1,
                width: (input.width + 2 * padding - kernel) / stride + 1)
        }
        switch operation {
        case let convolution as Convolution:
            return try windows(
                convolution.outputChannels, kernel: convolution.kernel, stride: convolution.stride,
                padding: convolution.padding)
        case let pooling as Pooling:
            return try windows(
                input.channels, kernel: pooling.kernel, stride: pooling.stride, padding: pooling.padding)
        default: return operation.outputShape(of: input)
        }
    }

    /// By the rule of the CondenseNet authors' code, which counts neither a convolution's bias nor maximum pooling.
    fileprivate func cost(from input: PlaneShape, to output: PlaneShape) -> SourceCost {
        func rectified(_ isRectified: Bool) -> SourceCost {
            SourceCost(parameters: 0, paperFLOPs: isRectified ? output.count : 0)
        }
        switch operation {
        case let convolution as Convolution:
            let weights =
                output.channels * (input.channels / convolution.groups) * convolution.kernel * convolution.kernel
            // A batch norm has a weight and a bias, a convolution without one a bias.
            let others = SourceCost(parameters: (norm == nil ? 1 : 2) * output.channels, paperFLOPs: 0)
            return .convolution(weights: weights, pixels: output.pixels) + others
                + rectified(convolution.activation == .relu)
        case is GlobalAveragePooling: return .averagePooling(outputs: input.channels, window: input.pixels)
        case let addition as Addition: return rectified(addition.activation == .relu)
        case let linear as Linear:
            return .linear(inputs: input.count, outputs: linear.outputs) + rectified(linear.activation == .relu)
        default: return SourceCost(parameters: 0, paperFLOPs: 0)
        }
    }
}
