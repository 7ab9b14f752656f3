import ModelFormat

/// Turns a checkpoint's weights, layer by layer, into the tensors of the condensed graph.
struct Folding {
    let source: SourceWeights
    private(set) var tensors: [TensorData] = []
    private(set) var problems: [CheckpointProblem] = []

    init(_ source: SourceWeights) { self.source = source }

    /// The first convolution, as it is.
    mutating func addStem() throws {
        let weight = try source.floats("features.init_conv.weight")
        add("features.init_conv.weight", [weight.count / 27, 3, 3, 3], weight)
    }

    /// A 1×1 convolution with the batch norm before it and, where a 3×3 convolution follows, the one after it.
    mutating func add(
        _ layer: Architecture.Pointwise, before spatial: Architecture.Spatial?
    ) throws {
        let index = try gatheredInputs(layer)
        let norm = try source.batchNorm("\(layer.name).norm")
        if layer.gathered != nil {
            add("\(layer.name).index", [index.count], .int32(index.map(Int32.init)))
        }
        // A converted layer's batch norm is gathered already.
        let channels = layer.kind == .learned ? index : Array(norm.scale.indices)
        add("\(layer.name).scale", [channels.count], channels.map { norm.scale[$0] })
        add("\(layer.name).shift", [channels.count], channels.map { norm.shift[$0] })

        let weight = try condensedWeight(layer, index)
        let share = layer.operandChannels / layer.groups
        let shape = [layer.outputChannels, share, 1, 1]
        guard let spatial else { return add("\(layer.name).weight", shape, weight) }
        let next = try source.batchNorm("\(spatial.name).norm")
        let order = (0..<layer.outputChannels).map(layer.channel(ofOutput:))
        let folded = weight.indices.map { Double(weight[$0]) * next.scale[order[$0 / share]] }
        add("\(layer.name).weight", shape, folded)
        add("\(layer.name).bias", [layer.outputChannels], order.map { next.shift[$0] })
    }

    /// A 3×3 convolution; its batch norm is in the 1×1 convolution before it.
    mutating func add(_ layer: Architecture.Spatial) throws {
        add(
            "\(layer.name).weight", [layer.outputChannels, layer.inputChannels / layer.groups, 3, 3],
            try source.floats("\(layer.name).conv.weight"))
    }

    /// The last batch norm and the linear layer, for the features that are kept.
    mutating func addClassifier(_ form: Architecture.Form, _ kept: [Int]?) throws {
        let norm = try source.batchNorm("features.norm_last")
        let features = norm.scale.count
        let channels = kept ?? Array(0..<features)
        if let kept { add("features.pool_last.index", [kept.count], .int32(kept.map(Int32.init))) }
        add("features.pool_last.scale", [channels.count], channels.map { norm.scale[$0] })
        add("features.pool_last.shift", [channels.count], channels.map { norm.shift[$0] })

        let prefix = form == .dense ? "classifier" : "classifier.linear"
        let weight = try source.floats("\(prefix).weight")
        let bias = try source.floats("\(prefix).bias")
        let shape = [bias.count, channels.count]
        if form == .dense {
            let rows = bias.indices.flatMap { row in channels.map { weight[row * features + $0] } }
            add("classifier.weight", shape, rows)
        } else {
            add("classifier.weight", shape, weight)
        }
        add("classifier.bias", [bias.count], bias)
    }

    /// The channels that the condensed convolution reads, group after group; for a single group that kept everything,
    /// and for plain layers, all of them.
    private func gatheredInputs(_ layer: Architecture.Pointwise) throws -> [Int] {
        switch layer.kind {
        case .plain: return Array(0..<layer.inputChannels)
        case .condensed: return try source.indices("\(layer.name).index")
        case .learned:
            let mask = try source.floats("\(layer.name)._mask")
            return (0..<layer.groups).flatMap { group in
                (0..<layer.inputChannels).filter { mask[group * layer.inputChannels + $0] != 0 }
            }
        }
    }

    /// `[outputs, inputs/groups]`: the rows of a learned layer's groups brought together, each over its group's inputs.
    private func condensedWeight(_ layer: Architecture.Pointwise, _ index: [Int]) throws -> [Float] {
        let weight = try source.floats("\(layer.name).conv.weight")
        guard layer.kind == .learned else { return weight }
        let share = index.count / layer.groups
        let rowsPerGroup = layer.outputChannels / layer.groups
        return (0..<layer.outputChannels).flatMap { row in
            let first = row / rowsPerGroup * share
            return index[first..<(first + share)].map {
                weight[layer.channel(ofOutput: row) * layer.inputChannels + $0]
            }
        }
    }

    private mutating func add(_ name: String, _ shape: [Int], _ elements: TensorData.Elements) {
        tensors.append(TensorData(name: name, shape: shape, elements: elements))
    }

    mutating func add(_ name: String, _ shape: [Int], _ numbers: [Float]) {
        add(name, shape, .float32(numbers))
    }

    /// Rounds once to single precision.
    mutating func add(_ name: String, _ shape: [Int], _ numbers: [Double]) {
        let rounded = numbers.map(Float.init)
        if let position = rounded.firstIndex(where: { !$0.isFinite }) {
            problems.append(
                .overflow(
                    tensor: name, position: position, value: numbers[position], type: "single precision"))
        }
        add(name, shape, rounded)
    }
}

extension Architecture.Pointwise {
    /// The channel, as the next layer counts, that output `row` of the condensed convolution is.
    func channel(ofOutput row: Int) -> Int {
        guard isShuffled else { return row }
        let rowsPerGroup = outputChannels / groups
        return row % rowsPerGroup * groups + row / rowsPerGroup
    }
}
