import Checkpoint
import Glibc
import ModelFormat

/// Evaluates a checkpoint's own network, before anything is condensed or folded.
///
/// It is the other side of every proof: dense layers multiply all weights by their masks and read all inputs, converted
/// ones gather, convolve and shuffle as the original code does, pooling has the original's windows, batch norms are
/// applied unfolded, all of it in double precision by im2col and Armadillo's matrix product. It shares no arithmetic with
/// the runtime. Groups are taken from the tensors' shapes, not from the inference that the converter relies on.
public struct SourceEvaluator {
    private let tensors: SourceTensors
    private let network: SourceNetwork
    private let foldings: [Int: Int]
    private let lastReaders: [String: Int]

    /// - Parameter network: what `checkpoint` holds; names, windows and strides are taken from it.
    public init(_ checkpoint: Checkpoint, _ network: SourceNetwork) {
        tensors = SourceTensors(checkpoint)
        self.network = network
        foldings = network.foldings
        var readers: [String: Int] = [:]
        for (position, layer) in network.layers.enumerated() {
            for name in layer.inputs { readers[name] = position }
        }
        lastReaders = readers
    }

    /// An evaluator of a network of dense blocks.
    public init(_ checkpoint: Checkpoint, _ architecture: Architecture) {
        self.init(checkpoint, SourceNetwork(architecture))
    }

    /// What one layer computes for one image.
    public struct LayerOutput: Sendable {
        /// The image's position in the batch.
        public var image: Int
        /// The name of the graph's step that computes the same numbers.
        public var name: String
        /// The shape of the output.
        public var shape: PlaneShape
        /// `[C, H, W]`.
        public var values: [Double]
        /// For each value how large the terms are that were summed to it: the sum of their magnitudes.
        public var magnitudes: [Double]

        /// - Parameter magnitudes: by default those of the values.
        /// - Precondition: `values` and `magnitudes` hold one number for each element of `shape`.
        public init(image: Int, name: String, shape: PlaneShape, values: [Double], magnitudes: [Double]? = nil) {
            precondition(values.count == shape.count, "\(values.count) numbers for \(shape)")
            precondition(magnitudes?.count ?? values.count == values.count)
            self.image = image
            self.name = name
            self.shape = shape
            self.values = values
            self.magnitudes = magnitudes ?? values.map(\.magnitude)
        }

        /// The part of the terms' magnitudes that counts where their sum is far smaller: rounding each of them to single
        /// precision leaves a millionth, where the tolerance is a hundred thousandth.
        static let termShare = 0.1

        /// The layer's magnitude, which differences are relative to: its largest value or, where large terms cancel, a tenth
        /// of the largest sum of the magnitudes of a value's terms.
        public var scale: Double {
            max(values.reduce(0) { max($0, $1.magnitude) }, Self.termShare * magnitudes.reduce(0, max))
        }
    }

    /// The network's answers to some images.
    ///
    /// Layers are observed in execution order, image by image, under the names and with the values of the converted
    /// graph's steps. A batch norm and its activation that folding moves to the convolution before them are observed
    /// there; so a dense layer's `….conv_1` is seen after the batch norm and ReLU that follow it, in the order of the dense
    /// network's channels, `….conv_2` as the new channels alone, `features.pool_last` as the features that the classifier
    /// reads.
    ///
    /// - Parameters:
    ///   - images: `[N, 3, H, W]`; a network of grey images reads the first plane.
    ///   - count: N.
    ///   - keptFeatures: the features that a dense network's classifier reads, in its order; `nil` for all. A converted
    ///     network has made its choice, and its own counts.
    ///   - observe: receives every layer's output.
    /// - Returns: the logits, `[N, classes]`.
    /// - Precondition: `images` holds N images of the network's input size, and every kept feature exists.
    /// - Throws: `ConversionError` when tensors are missing or do not fit, `CheckpointError`, and what `observe` throws.
    public func evaluate(
        _ images: [Float], count: Int, keptFeatures: [Int]? = nil,
        observe: ((LayerOutput) throws -> Void)? = nil
    ) throws -> [Double] {
        let size = 3 * network.inputSize * network.inputSize
        precondition(images.count == count * size, "\(images.count) numbers for \(count) images of \(size)")
        return try (0..<count).flatMap { position in
            let report = observe.map { observe in
                { (name: String, planes: Planes, magnitudes: [Double]?) throws in
                    try observe(
                        LayerOutput(
                            image: position, name: name, shape: planes.shape, values: planes.values,
                            magnitudes: magnitudes))
                }
            }
            let image = images[(position * size)..<((position + 1) * size)]
            let features = try features(image, keptFeatures, report)
            return try classify(features, keptFeatures, report).values
        }
    }

    /// What the last layer reads before anything is dropped, such as every feature's mean over the image.
    ///
    /// With `logits` it gives the answers of several classifiers for the price of one evaluation.
    /// - Parameter image: `[3, H, W]`.
    /// - Returns: `[features]`.
    /// - Precondition: the image has the network's input size.
    /// - Throws: as `evaluate`.
    public func features(of image: [Float]) throws -> [Double] { try features(image[...], nil, nil).values }

    /// The classifier's answer to one image's `features`.
    ///
    /// - Parameter keptFeatures: as in `evaluate`.
    /// - Returns: the last layer's output, `[classes]`.
    /// - Throws: as `evaluate`.
    public func logits(of features: [Double], keptFeatures: [Int]? = nil) throws -> LayerOutput {
        var output: LayerOutput?
        let planes = Planes(PlaneShape(channels: features.count, height: 1, width: 1), features)
        _ = try classify(planes, keptFeatures) { name, planes, magnitudes in
            output = LayerOutput(
                image: 0, name: name, shape: planes.shape, values: planes.values, magnitudes: magnitudes)
        }
        return output!
    }
}

extension SourceEvaluator {
    /// Receives a layer's name, its output and the magnitudes of the terms that were summed.
    private typealias Report = (String, Planes, [Double]?) throws -> Void

    /// Everything before the last layer.
    private func features(_ image: ArraySlice<Float>, _ kept: [Int]?, _ report: Report?) throws -> Planes {
        let pixels = network.inputSize * network.inputSize
        let input = Planes(
            PlaneShape(channels: network.imageChannels, height: network.inputSize, width: network.inputSize),
            image.prefix(network.imageChannels * pixels).map(Double.init))
        var values = [SourceNetwork.image: input]
        for (position, layer) in network.layers.enumerated().dropLast() {
            let output = try evaluate(position, values, kept, report)
            for name in layer.inputs where lastReaders[name] == position && name != layer.output { values[name] = nil }
            if layer.accumulates {
                values[layer.output]!.replaceFirst(by: output)
                continue
            }
            // Taken out of the dictionary, so that a dense block grows in place.
            if var whole = values.removeValue(forKey: layer.output) {
                whole.append(output)
                values[layer.output] = whole
            } else {
                values[layer.output] = output
            }
        }
        return values[network.layers.last!.input]!
    }

    private func evaluate(
        _ position: Int, _ values: [String: Planes], _ kept: [Int]?, _ report: Report?
    ) throws -> Planes {
        let layer = network.layers[position]
        let input = values[layer.input]!
        switch layer.operation {
        case .convolution(let convolution):
            return try convolve(input, convolution, position, report)
        case .pooling(let pooling):
            return try pool(input, pooling, position, kept, report)
        case .addition(let other, let activation):
            let sum = input.adding(values[other]!)
            let result = sum.activated(activation)
            try report?(layer.name, result, input.magnitudes.adding(values[other]!.magnitudes).values)
            return result
        case .accumulation(let accumulation): return try accumulate(input, accumulation, layer.name, report)
        case .squeezeExcite(let squeezeExcite): return try scale(input, squeezeExcite, layer.name, report)
        case .linear(let linear):
            return try self.linear(input, linear, layer.name, nil, report)
        }
    }

    /// Batch norm, activation and convolution, masked over all inputs, condensed, or ordinary; then the batch norm and
    /// activation that follow, also where they are the next layer's.
    private func convolve(
        _ input: Planes, _ layer: SourceConvolution, _ position: Int, _ report: Report?
    ) throws -> Planes {
        var operand = input
        if let index = layer.index {
            operand = input.gathered(try tensors.indices(index, below: input.shape.channels))
        }
        let channels = operand.shape.channels
        var operandMagnitudes = report == nil ? nil : operand.magnitudes
        if let norm = layer.preNorm, foldings[position] == nil {
            let norm = try tensors.batchNorm(norm, channels: channels)
            operandMagnitudes = operandMagnitudes?.normalizedMagnitudes(norm)
            operand = operand.normalized(norm).activated(layer.preActivation)
        }
        var weights = try tensors.convolution(layer.weight, inputs: channels, kernel: layer.kernel)
        if let mask = layer.mask {
            let mask = try tensors.numbers(
                mask, shape: [weights.outputs, weights.inputsPerGroup, weights.kernel, weights.kernel])
            for position in mask.indices { weights.values[position] *= mask[position] }
        }
        let isShuffled = layer.kind == .condensed
        let groups = channels / weights.inputsPerGroup
        func convolved(_ operand: Planes, _ weights: ConvolutionWeights) throws -> Planes {
            let result = try operand.convolved(weights, stride: layer.stride, padding: layer.padding)
            return isShuffled ? result.shuffled(groups: groups) : result
        }
        var result = try convolved(operand, weights)
        var magnitudes = try operandMagnitudes.map { try convolved($0, weights.magnitudes) }
        let outputs = result.shape.channels
        if let bias = try layer.bias.map({ try tensors.numbers($0, shape: [outputs]) }) {
            result = result.shifted(bias)
            magnitudes = magnitudes?.shifted(bias.map(\.magnitude))
        }
        var activation = layer.activation
        var norm = layer.norm
        if let next = foldings.first(where: { $0.value == position })?.key,
            case .convolution(let following) = network.layers[next].operation
        {
            (norm, activation) = (following.preNorm, following.preActivation)
        }
        if let norm = try norm.map({ try tensors.batchNorm($0, channels: outputs) }) {
            result = result.normalized(norm)
            magnitudes = magnitudes?.normalizedMagnitudes(norm)
        }
        result = result.activated(activation)
        try report?(network.layers[position].name, result, magnitudes?.values)
        return result
    }

    private func pool(
        _ input: Planes, _ layer: SourcePooling, _ position: Int, _ kept: [Int]?, _ report: Report?
    ) throws -> Planes {
        let name = network.layers[position].name
        var operand = input
        var magnitudes = report == nil ? nil : input.magnitudes
        if let norm = layer.preNorm {
            let norm = try tensors.batchNorm(norm, channels: input.shape.channels)
            magnitudes = magnitudes?.normalizedMagnitudes(norm)
            operand = input.normalized(norm).activated(layer.preActivation)
        }
        let window = layer.window ?? input.shape.height
        precondition(layer.window != nil || input.shape.height == input.shape.width)
        func pooled(_ planes: Planes) -> Planes {
            switch layer.kind {
            case .maximum: planes.maxima(window: window, stride: layer.stride, padding: layer.padding)
            case .average: planes.means(window: window, stride: layer.stride, padding: layer.padding)
            }
        }
        let result = pooled(operand)
        guard let report else { return result }
        // The graph's step gathers the features that the classifier reads.
        var features: [Int]?
        if position == network.layers.count - 2, case .linear(let linear) = network.layers.last!.operation {
            features =
                try linear.index.map { try tensors.indices($0, below: input.shape.channels) } ?? kept
        }
        func read(_ planes: Planes) -> Planes { features.map(planes.gathered) ?? planes }
        try report(name, read(result), magnitudes.map { read(pooled($0)).values })
        return result
    }

    /// The channels before the newest, the reactivation of these added: masked over all inputs, or grouped and put into their
    /// places by the matrix that the original multiplies by.
    private func accumulate(
        _ input: Planes, _ layer: SourceAccumulation, _ name: String, _ report: Report?
    ) throws -> Planes {
        let before = input.shape.channels - layer.inputs
        let newest = input.gathered(Array(before..<input.shape.channels))
        let norm = try tensors.batchNorm(layer.preNorm, channels: layer.inputs)
        var weights = try tensors.convolution(layer.weight, inputs: layer.inputs, kernel: 1)
        if let mask = layer.mask {
            let mask = try tensors.numbers(mask, shape: [weights.outputs, weights.inputsPerGroup, 1, 1])
            for position in mask.indices { weights.values[position] *= mask[position] }
        }
        func sums(_ operand: Planes, _ weights: ConvolutionWeights) throws -> Planes {
            guard let index = layer.index else { return try operand.convolved(weights) }
            // The original's view of [groups, share] as [share, groups], turned.
            let share = weights.inputsPerGroup
            let groups = layer.inputs / share
            let order = (0..<layer.inputs).map { $0 % share * groups + $0 / share }
            let computed = try operand.gathered(order).convolved(weights)
            let ones = try tensors.numbers(index, shape: [weights.outputs, before])
            let turned = (0..<before).flatMap { channel in
                (0..<weights.outputs).map { ones[$0 * before + channel] }
            }
            return try computed.convolved(
                ConvolutionWeights(outputs: before, inputsPerGroup: weights.outputs, kernel: 1, values: turned))
        }
        let old = input.gathered(Array(0..<before))
        let operand = newest.normalized(norm).activated(layer.preActivation)
        let result = old.adding(try sums(operand, weights))
        if let report {
            let magnitudes = try sums(newest.magnitudes.normalizedMagnitudes(norm), weights.magnitudes)
            try report(name, result, old.magnitudes.adding(magnitudes).values)
        }
        return result
    }

    private func scale(
        _ input: Planes, _ layer: SourceSqueezeExcite, _ name: String, _ report: Report?
    ) throws -> Planes {
        func product(_ weights: String, _ operand: Planes, outputs: Int) throws -> Planes {
            let channels = operand.shape.channels
            let values = try tensors.numbers(weights, shape: [outputs, channels])
            return try operand.convolved(
                ConvolutionWeights(outputs: outputs, inputsPerGroup: channels, kernel: 1, values: values))
        }
        let hidden = try product(layer.squeeze, input.means, outputs: layer.hidden).activated(.relu)
        let factors = try product(layer.excite, hidden, outputs: input.shape.channels).values
        let result = input.scaled(factors.map { 1 / (1 + exp(-$0)) })
        try report?(name, result, result.magnitudes.values)
        return result
    }

    /// The last layer over the features that it reads, all of them unless it or the caller names some.
    private func classify(_ features: Planes, _ kept: [Int]?, _ report: Report?) throws -> Planes {
        guard let layer = network.layers.last, case .linear(let linear) = layer.operation else {
            preconditionFailure("a network ends with a linear layer")
        }
        return try self.linear(features, linear, layer.name, kept, report)
    }

    private func linear(
        _ input: Planes, _ layer: SourceLinear, _ name: String, _ kept: [Int]?, _ report: Report?
    ) throws -> Planes {
        let elements = Planes(PlaneShape(channels: input.values.count, height: 1, width: 1), input.values)
        let index = try layer.index.map { try tensors.indices($0, below: elements.shape.channels) }
        let operand = (index ?? kept).map(elements.gathered) ?? elements
        let bias = try tensors.numbers("\(layer.tensors).bias")
        let inputs = index?.count ?? elements.shape.channels
        var weights = try tensors.numbers("\(layer.tensors).weight", shape: [bias.count, inputs])
        if let kept, index == nil {
            weights = bias.indices.flatMap { row in kept.map { weights[row * inputs + $0] } }
        }
        let convolution = ConvolutionWeights(
            outputs: bias.count, inputsPerGroup: operand.shape.channels, kernel: 1, values: weights)
        let result = try operand.convolved(convolution).shifted(bias).activated(layer.activation)
        if let report {
            let magnitudes = try operand.magnitudes.convolved(convolution.magnitudes)
                .shifted(bias.map(\.magnitude))
            try report(name, result, magnitudes.values)
        }
        return result
    }
}
