import ModelFormat

extension SourceEvaluator {
    /// Receives a layer's name and output.
    typealias Report = (String, Planes) throws -> Void

    /// Everything before the classifier: `[features, 1, 1]`.
    func pooled(_ image: ArraySlice<Float>, _ report: Report) throws -> Planes {
        let side = architecture.inputSize
        let input = Planes(PlaneShape(channels: 3, height: side, width: side), image.map(Double.init))
        let stem = try tensors.convolution("features.init_conv", inputs: 3, kernel: 3)
        var planes = try input.convolved(stem, stride: architecture.stem.stride, padding: 1)
        try report("features.init_conv", planes)
        for stage in architecture.stages {
            for layer in stage.layers {
                let grown = try growth(of: layer, planes, report)
                planes.append(grown)
            }
            guard stage.number < architecture.stages.count else { break }
            let transition = "features.transition_\(stage.number)"
            if let pointwise = stage.transition {
                planes = try self.pointwise(pointwise.name, planes)
                try report(pointwise.name, planes)
            }
            planes = planes.averagedByTwo()
            try report("\(transition).pool", planes)
        }
        let norm = try tensors.batchNorm("features.norm_last", channels: planes.shape.channels)
        return planes.normalizedAndRectified(norm).averaged()
    }

    /// The channels that a dense layer adds.
    private func growth(of layer: Architecture.Layer, _ input: Planes, _ report: Report) throws -> Planes {
        let bottleneck = try pointwise(layer.pointwise.name, input)
        let spatial = layer.spatial.name
        let norm = try tensors.batchNorm("\(spatial).norm", channels: bottleneck.shape.channels)
        let operand = bottleneck.normalizedAndRectified(norm)
        try report(layer.pointwise.name, operand)
        let weights = try tensors.convolution("\(spatial).conv", inputs: operand.shape.channels, kernel: 3)
        let result = try operand.convolved(weights, padding: 1)
        try report(spatial, result)
        return result
    }

    /// Batch norm, ReLU and 1×1 convolution: masked over all inputs, condensed, or ordinary, as the tensors say.
    private func pointwise(_ name: String, _ input: Planes) throws -> Planes {
        var operand = input
        let isCondensed = tensors.has("\(name).index")
        if isCondensed {
            operand = input.gathered(try tensors.indices("\(name).index", below: input.shape.channels))
        }
        let channels = operand.shape.channels
        operand = operand.normalizedAndRectified(try tensors.batchNorm("\(name).norm", channels: channels))
        var weights = try tensors.convolution("\(name).conv", inputs: channels, kernel: 1)
        if tensors.has("\(name)._mask") {
            let mask = try tensors.numbers(
                "\(name)._mask", shape: [weights.outputs, weights.inputsPerGroup, weights.kernel, weights.kernel])
            for position in mask.indices { weights.values[position] *= mask[position] }
        }
        let result = try operand.convolved(weights)
        return isCondensed ? result.shuffled(groups: channels / weights.inputsPerGroup) : result
    }

    /// The linear layer over the features that it reads, all of them unless it or the caller names some.
    func classify(_ features: Planes, _ keptFeatures: [Int]?, _ report: Report) throws -> Planes {
        let isConverted = tensors.has("classifier.index")
        let kept =
            isConverted ? try tensors.indices("classifier.index", below: features.shape.channels) : keptFeatures
        let operand = kept.map(features.gathered) ?? features
        try report("features.pool_last", operand)

        let name = isConverted ? "classifier.linear" : "classifier"
        let bias = try tensors.numbers("\(name).bias")
        let inputs = isConverted ? operand.shape.channels : features.shape.channels
        var weights = try tensors.numbers("\(name).weight", shape: [bias.count, inputs])
        if let keptFeatures, !isConverted {
            weights = bias.indices.flatMap { row in keptFeatures.map { weights[row * inputs + $0] } }
        }
        let products = try operand.convolved(
            ConvolutionWeights(
                outputs: bias.count, inputsPerGroup: operand.shape.channels, kernel: 1, values: weights))
        let logits = Planes(products.shape, zip(products.values, bias).map { $0 + $1 })
        try report("classifier", logits)
        return logits
    }
}
