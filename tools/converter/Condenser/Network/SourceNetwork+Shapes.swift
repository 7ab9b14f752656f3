import ModelFormat

/// What one layer of a source network reads and writes.
struct SourceShapes {
    /// All channels that are written by then.
    var input: PlaneShape
    /// The layer's own channels, or those that it adds to.
    var output: PlaneShape
    /// Channels of the output value that are written before.
    var outputOffset: Int
}

extension SourceNetwork {
    /// What each layer reads and writes, in the layers' order.
    ///
    /// - Precondition: each layer reads the image or a value that an earlier layer has written.
    /// - Throws: `ConversionError.option` for an input that is too small for the network's windows.
    func shapes() throws -> [SourceShapes] {
        var values = [Self.image: PlaneShape(channels: imageChannels, height: inputSize, width: inputSize)]
        return try layers.map { layer in
            let input = values[layer.input]!
            let output = try layer.output(of: input, inputSize: inputSize)
            guard !layer.accumulates else { return SourceShapes(input: input, output: output, outputOffset: 0) }
            let written = values[layer.output]?.channels ?? 0
            values[layer.output] = PlaneShape(
                channels: written + output.channels, height: output.height, width: output.width)
            return SourceShapes(input: input, output: output, outputOffset: written)
        }
    }
}

extension SourceLayer {
    fileprivate func output(of input: PlaneShape, inputSize: Int) throws -> PlaneShape {
        func windows(_ channels: Int, kernel: Int, stride: Int, padding: Int) throws -> PlaneShape {
            guard min(input.height, input.width) + 2 * padding >= kernel else {
                throw ConversionError.option(
                    "--input-size: an input of \(inputSize)×\(inputSize) vanishes at \(name)")
            }
            return PlaneShape(
                channels: channels, height: (input.height + 2 * padding - kernel) / stride + 1,
                width: (input.width + 2 * padding - kernel) / stride + 1)
        }
        switch operation {
        case .convolution(let convolution):
            return try windows(
                convolution.outputs, kernel: convolution.kernel, stride: convolution.stride,
                padding: convolution.padding)
        case .pooling(let pooling):
            guard let window = pooling.window else {
                return PlaneShape(channels: input.channels, height: 1, width: 1)
            }
            return try windows(input.channels, kernel: window, stride: pooling.stride, padding: pooling.padding)
        case .addition, .squeezeExcite: return input
        case .accumulation(let accumulation):
            return PlaneShape(
                channels: input.channels - accumulation.inputs, height: input.height, width: input.width)
        case .linear(let linear): return PlaneShape(channels: linear.outputs, height: 1, width: 1)
        }
    }
}
