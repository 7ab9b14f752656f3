import ModelFormat

extension Folding {
    /// The tensors of a comparison network's step: a convolution with the batch norm that follows it, or as it is.
    mutating func add(_ layer: ComparisonNetwork.Layer) throws {
        let name = layer.name
        switch layer.operation {
        case let convolution as Convolution:
            let weight = try source.floats("\(name).weight")
            let outputs = convolution.outputChannels
            let share = weight.count / outputs
            let kernel = convolution.kernel
            let shape = [outputs, share / (kernel * kernel), kernel, kernel]
            if let norm = try layer.norm.map(source.batchNorm) {
                add("\(name).weight", shape, weight.indices.map { Double(weight[$0]) * norm.scale[$0 / share] })
                add("\(name).bias", [outputs], norm.shift)
            } else {
                add("\(name).weight", shape, weight)
                add("\(name).bias", [outputs], try source.floats("\(name).bias"))
            }
        case let linear as Linear:
            let weight = try source.floats("\(name).weight")
            add("\(name).weight", [linear.outputs, weight.count / linear.outputs], weight)
            add("\(name).bias", [linear.outputs], try source.floats("\(name).bias"))
        default: break
        }
    }
}
