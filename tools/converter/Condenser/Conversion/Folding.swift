import ModelFormat

/// Turns a source network's weights, layer by layer, into the tensors of its condensed graph.
struct Folding {
    private let network: SourceNetwork
    private let source: SourceWeights
    private let kept: [Int]?
    private let foldings: [Int: Int]
    private(set) var tensors: [TensorData] = []
    private(set) var problems: [CheckpointProblem] = []

    /// Folds all layers, in the order of the graph's steps.
    ///
    /// - Parameter kept: the features that the last linear layer reads, in its order; `nil` for all.
    /// - Throws: `ConversionError.problems` for missing tensors and for numbers beyond single precision, `CheckpointError`.
    static func tensors(of network: SourceNetwork, _ source: SourceWeights, kept: [Int]?) throws -> [TensorData] {
        var folding = Folding(network, source, kept)
        for (position, shapes) in try network.shapes().enumerated() {
            switch network.layers[position].operation {
            case .convolution(let convolution): try folding.add(convolution, position, shapes.input)
            case .pooling(let pooling): try folding.add(pooling, position)
            case .linear(let linear): try folding.add(linear, position, shapes.input)
            case .accumulation(let accumulation): try folding.add(accumulation, position, shapes)
            case .squeezeExcite(let layer): try folding.add(layer, position, shapes.input.channels)
            case .addition: break
            }
        }
        guard folding.problems.isEmpty else { throw ConversionError.problems(folding.problems) }
        return folding.tensors
    }

    private init(_ network: SourceNetwork, _ source: SourceWeights, _ kept: [Int]?) {
        self.network = network
        self.source = source
        self.kept = kept
        foldings = network.foldings
    }

    private mutating func add(_ layer: SourceConvolution, _ position: Int, _ input: PlaneShape) throws {
        let name = network.layers[position].name
        let index = try gatheredInputs(layer, input.channels)
        if layer.gathered != nil { add("\(name).index", [index.count], .int32(index.map(Int32.init))) }
        if let norm = layer.preNorm, foldings[position] == nil {
            let norm = try source.batchNorm(norm)
            // A converted layer's batch norm is gathered already.
            let channels = layer.kind == .learned ? index : Array(norm.scale.indices)
            add("\(name).scale", [channels.count], channels.map { norm.scale[$0] })
            add("\(name).shift", [channels.count], channels.map { norm.shift[$0] })
        }
        let weight = try condensedWeight(layer, index, inputs: input.channels)
        let bias = try layer.bias.map(source.floats)
        let share = weight.count / layer.outputs
        let shape = [layer.outputs, share / (layer.kernel * layer.kernel), layer.kernel, layer.kernel]
        guard let norm = try normAfter(layer, position) else {
            add("\(name).weight", shape, weight)
            if let bias { add("\(name).bias", [layer.outputs], bias) }
            return
        }
        let order = (0..<layer.outputs).map(layer.channel(ofOutput:))
        add("\(name).weight", shape, weight.indices.map { Double(weight[$0]) * norm.scale[order[$0 / share]] })
        var shift = norm.shift
        if let bias { for output in bias.indices { shift[output] += Double(bias[output]) * norm.scale[output] } }
        add("\(name).bias", [layer.outputs], order.map { shift[$0] })
    }

    /// The batch norm that follows the convolution: its own, or the one before the next layer.
    private func normAfter(
        _ layer: SourceConvolution, _ position: Int
    ) throws -> (scale: [Double], shift: [Double])? {
        if let norm = layer.norm { return try source.batchNorm(norm) }
        guard let next = foldings.first(where: { $0.value == position })?.key,
            case .convolution(let convolution) = network.layers[next].operation
        else { return nil }
        return try convolution.preNorm.map(source.batchNorm)
    }

    private mutating func add(_ layer: SourcePooling, _ position: Int) throws {
        let name = network.layers[position].name
        let kept = position == network.layers.count - 2 ? kept : nil
        if let kept { add("\(name).index", [kept.count], .int32(kept.map(Int32.init))) }
        guard let norm = try layer.preNorm.map(source.batchNorm) else { return }
        let channels = kept ?? Array(norm.scale.indices)
        add("\(name).scale", [channels.count], channels.map { norm.scale[$0] })
        add("\(name).shift", [channels.count], channels.map { norm.shift[$0] })
    }

    private mutating func add(_ layer: SourceLinear, _ position: Int, _ input: PlaneShape) throws {
        let name = network.layers[position].name
        let weight = try source.floats("\(layer.tensors).weight")
        let bias = try source.floats("\(layer.tensors).bias")
        let inputs = weight.count / layer.outputs
        // A converted classifier's weight has the columns of the kept features alone.
        if let kept, layer.index == nil, position == network.layers.count - 1 {
            let rows = bias.indices.flatMap { row in kept.map { weight[row * inputs + $0] } }
            add("\(name).weight", [layer.outputs, kept.count], rows)
        } else {
            add("\(name).weight", [layer.outputs, inputs], weight)
        }
        add("\(name).bias", [layer.outputs], bias)
    }

    private mutating func add(_ layer: SourceSqueezeExcite, _ position: Int, _ channels: Int) throws {
        let name = network.layers[position].name
        add("\(name).squeeze", [layer.hidden, channels], try source.floats(layer.squeeze))
        add("\(name).excite", [channels, layer.hidden], try source.floats(layer.excite))
    }

    private mutating func add(_ layer: SourceAccumulation, _ position: Int, _ shapes: SourceShapes) throws {
        let name = network.layers[position].name
        let (before, order, share) = (shapes.output.channels, layer.order, layer.inputs / layer.groups)
        add("\(name).index", [layer.inputs], .int32(order.map { Int32(before + $0) }))
        let norm = try source.batchNorm(layer.preNorm)
        add("\(name).scale", [layer.inputs], order.map { norm.scale[$0] })
        add("\(name).shift", [layer.inputs], order.map { norm.shift[$0] })
        var weight = try source.floats(layer.weight)
        let destinations: [Int]
        if let index = layer.index {
            let ones = try source.floats(index)
            destinations = (0..<layer.sums).map { sum in (0..<before).first { ones[sum * before + $0] == 1 } ?? 0 }
        } else {
            let mask = try layer.mask.map(source.floats)
            // Each group's outputs that are left, and their weights over the group's inputs.
            let sums = (0..<layer.groups).flatMap { group in
                (0..<before).filter { mask == nil || mask![$0 * layer.inputs + group] != 0 }
            }
            let perGroup = layer.sums / layer.groups
            weight = sums.indices.flatMap { sum in
                let inputs = order[(sum / perGroup * share)..<(sum / perGroup * share + share)]
                return inputs.map { weight[sums[sum] * layer.inputs + $0] }
            }
            destinations = sums
        }
        add("\(name).weight", [layer.sums, share, 1, 1], weight)
        add("\(name).destinations", [layer.sums], .int32(destinations.map(Int32.init)))
    }

    /// The channels that the condensed convolution reads, group after group; for a single group that kept everything,
    /// and for plain layers, all of them.
    private func gatheredInputs(_ layer: SourceConvolution, _ inputs: Int) throws -> [Int] {
        switch layer.kind {
        case .plain: return Array(0..<inputs)
        case .condensed: return try source.indices(layer.index!)
        case .learned:
            let mask = try source.floats(layer.mask ?? layer.weight)
            return (0..<layer.groups).flatMap { group in
                (0..<inputs).filter { input in
                    // Where the mask is gone, an input that no output of the group uses was dropped.
                    layer.mask != nil
                        ? mask[group * inputs + input] != 0
                        : stride(from: group, to: layer.outputs, by: layer.groups)
                            .contains { mask[$0 * inputs + input] != 0 }
                }
            }
        }
    }

    /// `[outputs, inputs/groups]`: the rows of a learned layer's groups brought together, each over its group's inputs.
    private func condensedWeight(_ layer: SourceConvolution, _ index: [Int], inputs: Int) throws -> [Float] {
        let weight = try source.floats(layer.weight)
        guard layer.kind == .learned else { return weight }
        let share = index.count / layer.groups
        let rowsPerGroup = layer.outputs / layer.groups
        return (0..<layer.outputs).flatMap { row in
            let first = row / rowsPerGroup * share
            return index[first..<(first + share)].map { weight[layer.channel(ofOutput: row) * inputs + $0] }
        }
    }

    private mutating func add(_ name: String, _ shape: [Int], _ elements: TensorData.Elements) {
        tensors.append(TensorData(name: name, shape: shape, elements: elements))
    }

    private mutating func add(_ name: String, _ shape: [Int], _ numbers: [Float]) {
        add(name, shape, .float32(numbers))
    }

    /// Rounds once to single precision.
    private mutating func add(_ name: String, _ shape: [Int], _ numbers: [Double]) {
        let rounded = numbers.map(Float.init)
        if let position = rounded.firstIndex(where: { !$0.isFinite }) {
            problems.append(
                .overflow(
                    tensor: name, position: position, value: numbers[position], type: "single precision"))
        }
        add(name, shape, rounded)
    }
}
