import ModelFormat

extension Graph {
    /// The condensed form of a source network: what conversion writes, and what an architecture file describes.
    ///
    /// Batch norms are folded: the one before a convolution is its step's scale and shift, or is in the weights and bias of
    /// the convolution before it where that is possible (`SourceNetwork.foldings`); the one after it is in its own. Layers
    /// that write one value fill it side by side. Step names are the layers' names.
    ///
    /// - Parameter kept: how many features the last linear layer reads; `nil` for all. The pooling before it gathers them.
    /// - Throws: `ConversionError.option` for an input that is too small for the network's windows.
    public init(_ network: SourceNetwork, kept: Int? = nil) throws {
        var builder = GraphBuilder(network, kept, try network.shapes())
        self = builder.build()
    }

    /// The condensed network of an architecture.
    ///
    /// - Precondition: every number of `architecture` follows from its others, as `Architecture.infer` and
    ///   `Architecture.init(_:)` see to.
    public init(_ architecture: Architecture) {
        let network = SourceNetwork(architecture)
        guard let graph = try? Graph(network, kept: architecture.classifier.kept) else {
            preconditionFailure("\(architecture.name) has no planes at \(architecture.inputSize)")
        }
        self = graph
    }
}

private struct GraphBuilder {
    private let network: SourceNetwork
    private let shapes: [SourceShapes]
    private let kept: Int?
    private let foldings: [Int: Int]
    private var values: [Value] = []
    private var steps: [Step] = []

    init(_ network: SourceNetwork, _ kept: Int?, _ shapes: [SourceShapes]) {
        self.network = network
        self.shapes = shapes
        self.kept = kept
        foldings = network.foldings
    }

    mutating func build() -> Graph {
        let size = network.inputSize
        values.append(Value(SourceNetwork.image, PlaneShape(channels: 3, height: size, width: size)))
        for (position, layer) in network.layers.enumerated() {
            declare(layer.output)
            switch layer.operation {
            case .convolution(let convolution): add(convolution, position)
            case .pooling(let pooling): add(pooling, position)
            case .addition(let other, let activation):
                add(
                    Addition(other: other, activation: activation), .activated(activation, shapes[position].output),
                    position)
            case .squeezeExcite(let layer):
                add(
                    SqueezeExcite(hidden: layer.hidden), .squeezeExcite(shapes[position].input, hidden: layer.hidden),
                    position)
            case .accumulation(let layer):
                let pixels = shapes[position].input.pixels
                add(
                    Accumulation(
                        preActivation: PreActivation(
                            gather: layer.inputs, normalize: true, activation: layer.preActivation),
                        outputChannels: layer.sums, groups: layer.groups,
                        accumulatedChannels: shapes[position].output.channels),
                    .normalized(layer.inputs, pixels: pixels)
                        + .convolution(weights: layer.sums * layer.inputs / layer.groups, pixels: pixels), position)
            case .linear(let linear):
                let inputs = position == network.layers.count - 1 ? kept : nil
                let elements = inputs ?? shapes[position].input.count
                add(
                    Linear(outputs: linear.outputs, activation: linear.activation),
                    .linear(inputs: elements, outputs: linear.outputs, countsBiases: network.countsBiases)
                        + .activated(linear.activation, shapes[position].output), position, inputChannels: inputs)
            }
        }
        return Graph(values: values, steps: steps, input: SourceNetwork.image, output: network.end)
    }

    /// The value with all channels that any layer writes, where it is not there yet.
    private mutating func declare(_ name: String) {
        guard !values.contains(where: { $0.name == name }) else { return }
        let writers = network.layers.indices.filter {
            network.layers[$0].output == name && !network.layers[$0].accumulates
        }
        var shape = shapes[writers[0]].output
        shape.channels = writers.reduce(0) { $0 + shapes[$1].output.channels }
        if kept != nil, writers == [network.layers.count - 2] { shape.channels = kept! }
        values.append(Value(name, shape))
    }

    private mutating func add(
        _ operation: any Operation, _ source: SourceCost, _ position: Int, inputChannels: Int? = nil
    ) {
        let layer = network.layers[position]
        steps.append(
            Step(
                name: layer.name, operation: operation, input: layer.input,
                inputChannels: inputChannels ?? shapes[position].input.channels, output: layer.output,
                outputOffset: shapes[position].outputOffset, source: source))
    }

    private mutating func add(_ convolution: SourceConvolution, _ position: Int) {
        let (input, output) = (shapes[position].input, shapes[position].output)
        let isFolded = foldings[position] != nil
        // The batch norm of the layer after, which is computed here.
        let next = foldings.first { $0.value == position }.flatMap { following -> SourceConvolution? in
            if case .convolution(let next) = network.layers[following.key].operation { next } else { nil }
        }
        let operands = convolution.gathered ?? input.channels
        let weights = operands / convolution.groups * convolution.outputs * convolution.kernel * convolution.kernel
        var cost = SourceCost.convolution(weights: weights, pixels: output.pixels)
        if convolution.preNorm != nil { cost = cost + .normalized(operands, pixels: input.pixels) }
        // A batch norm has a weight and a bias.
        let parameters = (convolution.norm == nil ? 0 : 2) + (convolution.bias == nil ? 0 : 1)
        cost = cost + SourceCost(parameters: parameters * convolution.outputs, paperFLOPs: 0)
        cost = cost + .activated(convolution.activation, output)
        let before =
            convolution.preNorm == nil || isFolded
            ? PreActivation(gather: convolution.gathered)
            : PreActivation(
                gather: convolution.gathered, normalize: true, activation: convolution.preActivation)
        add(
            Convolution(
                preActivation: before, outputChannels: convolution.outputs, kernel: convolution.kernel,
                stride: convolution.stride, padding: convolution.padding, groups: convolution.groups,
                bias: parameters > 0 || next != nil, activation: next?.preActivation ?? convolution.activation,
                shuffle: convolution.isShuffled),
            cost, position)
    }

    private mutating func add(_ pooling: SourcePooling, _ position: Int) {
        let (input, output) = (shapes[position].input, shapes[position].output)
        let gather = position == network.layers.count - 2 ? kept : nil
        let window = pooling.window ?? input.height
        let isGlobal = output.pixels == 1 && window == input.height && window == input.width
        var cost =
            pooling.kind == .maximum
            ? SourceCost(parameters: 0, paperFLOPs: 0)
            : .averagePooling(outputs: output.count, window: window * window)
        guard pooling.preNorm != nil || gather != nil else {
            return add(
                isGlobal && pooling.kind == .average
                    ? GlobalAveragePooling()
                    : Pooling(kind: pooling.kind, kernel: window, stride: pooling.stride, padding: pooling.padding),
                cost, position)
        }
        let before = PreActivation(
            gather: gather, normalize: pooling.preNorm != nil, activation: pooling.preActivation)
        if pooling.preNorm != nil { cost = .normalized(input.channels, pixels: input.pixels) + cost }
        add(
            isGlobal
                ? GlobalAveragePooling(preActivation: before)
                : Pooling(
                    kind: pooling.kind, preActivation: before, kernel: window, stride: pooling.stride,
                    padding: pooling.padding),
            cost, position)
    }
}
