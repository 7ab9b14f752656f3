import ModelFormat

/// Translates a graph's steps to ONNX operators of opset 14.
///
/// ONNX knows no value with several writers: each writer makes a tensor of its own, and readers concatenate as many of
/// them as they see, starting from what earlier readers have concatenated. A step that adds to channels which exist makes a
/// tensor that takes their place.
///
/// A step's operators are called `STEP/OPERATION` and its result `STEP/output`, what readers share `VALUE/OPERATION`; each
/// operation has a word of its own and every name but those of weights, `STEP.ROLE`, a slash. So no two names are the
/// same, whatever the steps are called, and none is the graph's own `input` or `logits`.
struct ONNXGraphBuilder {
    let graph: Graph
    var result = ONNXGraph()
    /// The tensors that hold a value's channels so far, in channel order.
    var parts: [String: [Part]] = [:]
    /// Tensors made for readers, by name, so that two readers of the same channels share them.
    private var derived: Set<String> = []

    /// Of each value that was read, the longest tensor made of its parts.
    private var longest: [String: Prefix] = [:]
    /// How often steps have added to a value.
    private var additions: [String: Int] = [:]

    typealias Tensors = [TensorSpecification.Role: TensorSpecification]

    /// What one step wrote into a value.
    struct Part {
        var tensor: String
        var shape: PlaneShape
        /// `[N, C]`, as linear steps write, instead of `[N, C, H, W]`.
        var isFlat = false
    }

    /// The first channels of a value in one tensor.
    private struct Prefix {
        var tensor: String
        /// How many parts it is made of, and how many channels they have.
        var parts: Int
        var channels: Int
    }

    /// - Precondition: the description has passed `validate`.
    static func build(_ description: ModelDescription) -> ONNXGraph {
        let graph = description.graph
        var builder = ONNXGraphBuilder(graph: graph)
        builder.parts[graph.input] = [Part(tensor: ONNXGraph.input, shape: description.inputShape)]
        if description.isQuantized {
            builder.addBytes(Dictionary(uniqueKeysWithValues: description.tensors.map { ($0.name, $0) }))
        } else {
            for step in graph.steps { builder.add(step) }
        }
        let logits = builder.flat(graph.output, graph.value(named: graph.output)!.shape.channels)
        builder.result.rename(logits, to: ONNXGraph.output)
        return builder.result
    }

    private init(graph: Graph) { self.graph = graph }

    private mutating func add(_ step: Step) {
        let shape = graph.value(named: step.input)!.shape
        let outputShape = graph.value(named: step.output)!.shape
        let tensors = Dictionary(uniqueKeysWithValues: step.tensors(inputShape: shape).map { ($0.role, $0) })
        var part = Part(tensor: "\(step.name)/output", shape: outputShape)
        switch step.operation {
        case let convolution as Convolution:
            let input = staged(step, convolution.preActivation, tensors)
            part.shape.channels = convolution.outputChannels
            convolve(step, convolution, input, tensors, part.shape)
        case let pooling as Pooling:
            let input = staged(step, pooling.preActivation, tensors)
            part.shape.channels = pooling.preActivation.channels(of: step.inputChannels)
            emit(
                pooling.kind == .maximum ? "MaxPool" : "AveragePool", "\(step.name)/pool", [input],
                window(kernel: pooling.kernel, stride: pooling.stride, padding: pooling.padding))
        case let pooling as GlobalAveragePooling:
            let input = staged(step, pooling.preActivation, tensors)
            part.shape.channels = pooling.preActivation.channels(of: step.inputChannels)
            emit("GlobalAveragePool", "\(step.name)/pool", [input])
        case let addition as Addition:
            part.shape.channels = step.inputChannels
            let sum = emit(
                "Add", "\(step.name)/add",
                [planes(step.input, step.inputChannels), planes(addition.other, step.inputChannels)])
            activate(sum, addition.activation, "\(step.name)/")
        case let accumulation as Accumulation: return accumulate(step, accumulation, tensors)
        case let squeezeExcite as SqueezeExcite:
            part.shape.channels = step.inputChannels
            scale(step, squeezeExcite, tensors)
        case let linear as Linear:
            part.shape.channels = linear.outputs
            part.isFlat = true
            let product = emit(
                "Gemm", "\(step.name)/gemm",
                [flat(step.input, step.inputChannels), constant(tensors[.weight]!), constant(tensors[.bias]!)],
                ["transB": .integer(1)])
            activate(product, linear.activation, "\(step.name)/")
        case let other: preconditionFailure("no ONNX form of the operation \(other.word)")
        }
        result.nodes[result.nodes.count - 1].output = part.tensor
        parts[step.output, default: []].append(part)
    }

    /// The step's input, gathered, scaled, shifted and activated as the pre-activation says.
    private mutating func staged(
        _ step: Step, _ stage: PreActivation, _ tensors: Tensors
    ) -> String {
        let first = tensors[.index]?.channels.lowerBound ?? 0
        var tensor = planes(step.input, step.inputChannels, from: first)
        if let index = tensors[.index] {
            tensor = emit(
                "Gather", "\(step.name)/gather", [tensor, constant(index, elements: .channels(index, from: first))],
                ["axis": .integer(1)])
        }
        if stage.normalize {
            let perChannel = [1, stage.channels(of: step.inputChannels), 1, 1]
            tensor = emit("Mul", "\(step.name)/scale", [tensor, constant(tensors[.scale]!, perChannel)])
            tensor = emit("Add", "\(step.name)/shift", [tensor, constant(tensors[.shift]!, perChannel)])
        }
        return activate(tensor, stage.activation, "\(step.name)/pre-")
    }

    /// Every element of `tensor` after `activation`, by an operator whose name begins with `prefix`.
    @discardableResult
    private mutating func activate(_ tensor: String, _ activation: Activation, _ prefix: String) -> String {
        switch activation {
        case .none: tensor
        case .relu: emit("Relu", "\(prefix)relu", [tensor])
        case .hardSwish: emit("HardSwish", "\(prefix)hard-swish", [tensor])
        }
    }

    /// Adds a convolution to the leading channels of the step's output, which are its new ones from then on.
    private mutating func accumulate(_ step: Step, _ accumulation: Accumulation, _ tensors: Tensors) {
        let value = step.output
        let channels = accumulation.accumulatedChannels!
        let operand = staged(step, accumulation.preActivation, tensors)
        let weight = constant(
            tensors[.weight]!,
            [channels, accumulation.preActivation.channels(of: step.inputChannels), 1, 1],
            elements: .scattered(
                weight: tensors[.weight]!, destinations: tensors[.destinations]!, groups: accumulation.groups))
        let sums = emit(
            "Conv", "\(step.name)/conv", [operand, weight], window(kernel: 1, stride: 1, padding: 0, groups: 1))
        var shape = graph.value(named: value)!.shape
        shape.channels = channels
        let old = planes(value, channels)
        let written = parts[value]!.reduce(0) { $0 + $1.shape.channels }
        var rest: [Part] = []
        if written > channels {
            shape.channels = written - channels
            rest.append(Part(tensor: planes(value, written, from: channels), shape: shape))
            shape.channels = channels
        }
        emit("Add", "\(step.name)/add", [old, sums])
        result.nodes[result.nodes.count - 1].output = "\(step.name)/output"
        parts[value] = [Part(tensor: "\(step.name)/output", shape: shape)] + rest
        longest[value] = nil
        additions[value, default: 0] += 1
    }

    /// Squeeze-excite, its linear layers as 1×1 convolutions.
    private mutating func scale(_ step: Step, _ layer: SqueezeExcite, _ tensors: Tensors) {
        let channels = step.inputChannels
        let input = planes(step.input, channels)
        var tensor = emit("GlobalAveragePool", "\(step.name)/means", [input])
        tensor = emit(
            "Conv", "\(step.name)/squeeze", [tensor, constant(tensors[.squeeze]!, [layer.hidden, channels, 1, 1])],
            window(kernel: 1, stride: 1, padding: 0, groups: 1))
        tensor = emit("Relu", "\(step.name)/relu", [tensor])
        tensor = emit(
            "Conv", "\(step.name)/excite", [tensor, constant(tensors[.excite]!, [channels, layer.hidden, 1, 1])],
            window(kernel: 1, stride: 1, padding: 0, groups: 1))
        tensor = emit("Sigmoid", "\(step.name)/sigmoid", [tensor])
        emit("Mul", "\(step.name)/scale", [input, tensor])
    }

    private mutating func convolve(
        _ step: Step, _ convolution: Convolution, _ input: String,
        _ tensors: Tensors, _ output: PlaneShape
    ) {
        let tensor = emit(
            "Conv", "\(step.name)/conv",
            [input, constant(tensors[.weight]!)] + (tensors[.bias].map { [constant($0)] } ?? []),
            window(
                kernel: convolution.kernel, stride: convolution.stride, padding: convolution.padding,
                groups: convolution.groups))
        shuffle(activate(tensor, convolution.activation, "\(step.name)/"), step, convolution, output)
    }

    /// The channel shuffle of a convolution's outputs, if it has one.
    mutating func shuffle(_ tensor: String, _ step: Step, _ convolution: Convolution, _ output: PlaneShape) {
        guard convolution.shuffle else { return }
        var tensor = tensor
        let groups = convolution.groups
        tensor = reshape(
            "\(step.name)/split", tensor, [0, groups, output.channels / groups, output.height, output.width])
        tensor = emit("Transpose", "\(step.name)/shuffle", [tensor], ["perm": .integers([0, 2, 1, 3, 4])])
        _ = reshape("\(step.name)/merge", tensor, [0, output.channels, output.height, output.width])
    }

    /// The leading `channels` channels of a value as `[N, channels, H, W]`.
    ///
    /// A concatenation appends what is new to the longest one so far, and whoever reads less takes a slice of that: the
    /// operands of all of them are no more than the value's parts and readers.
    mutating func planes(_ value: String, _ channels: Int) -> String {
        let first = parts[value]![0]
        var whole = longest[value] ?? Prefix(tensor: planes(first), parts: 1, channels: first.shape.channels)
        if whole.channels < channels {
            var tensors = [whole.tensor]
            for part in parts[value]![whole.parts...] where whole.channels < channels {
                tensors.append(planes(part))
                whole.parts += 1
                whole.channels += part.shape.channels
            }
            whole.tensor = emit("Concat", shared(value, "concat", whole.channels), tensors, ["axis": .integer(1)])
            derived.insert(whole.tensor)
        }
        longest[value] = whole
        if whole.channels == channels { return whole.tensor }
        if first.shape.channels == channels { return planes(first) }
        let concatenated = shared(value, "concat", channels)
        if derived.contains(concatenated) { return concatenated }
        return once(shared(value, "slice", channels)) { $0.slice($1, whole.tensor, 0..<channels) }
    }

    /// The channels of a value from `first` on, of its leading `channels`.
    private mutating func planes(_ value: String, _ channels: Int, from first: Int) -> String {
        guard first > 0 else { return planes(value, channels) }
        var start = 0
        for part in parts[value]! {
            if start == first, start + part.shape.channels == channels { return planes(part) }
            start += part.shape.channels
        }
        let whole = planes(value, channels)
        return once(shared(value, "slice-from-\(first)", channels)) { $0.slice($1, whole, first..<channels) }
    }

    /// The name of what readers of a value share.
    private func shared(_ value: String, _ operation: String, _ channels: Int) -> String {
        "\(value)/\(operation)-\(channels)" + (additions[value].map { "-after-\($0)" } ?? "")
    }

    private mutating func slice(_ name: String, _ tensor: String, _ channels: Range<Int>) -> String {
        let starts = constant("\(name)/starts", [channels.lowerBound])
        let ends = constant("\(name)/ends", [channels.upperBound])
        let axes = constant("\(name)/axes", [1])
        return emit("Slice", name, [tensor, starts, ends, axes])
    }

    private mutating func planes(_ part: Part) -> String {
        guard part.isFlat else { return part.tensor }
        return once("\(part.tensor)/planes") { builder, name in
            builder.reshape(name, part.tensor, [0, part.shape.channels, 1, 1])
        }
    }

    /// All elements of a value's leading `channels` channels as `[N, elements]`.
    mutating func flat(_ value: String, _ channels: Int) -> String {
        if let part = parts[value]?.first, part.isFlat, part.shape.channels == channels { return part.tensor }
        let tensor = planes(value, channels)
        return once(shared(value, "flatten", channels)) { builder, name in
            builder.emit("Flatten", name, [tensor], ["axis": .integer(1)])
        }
    }

    /// The tensor called `name`, made at its first use.
    private mutating func once(_ name: String, _ make: (inout Self, String) -> String) -> String {
        derived.insert(name).inserted ? make(&self, name) : name
    }

    /// Adds an operator whose output has its own name.
    @discardableResult
    mutating func emit(
        _ operation: String, _ name: String, _ inputs: [String],
        _ attributes: KeyValuePairs<String, ONNXNode.Attribute> = [:]
    ) -> String {
        result.nodes.append(
            ONNXNode(name: name, operation: operation, inputs: inputs, output: name, attributes: attributes))
        return name
    }

    mutating func reshape(_ name: String, _ input: String, _ shape: [Int]) -> String {
        emit("Reshape", name, [input, constant("\(name)/shape", shape)])
    }

    mutating func constant(
        _ tensor: TensorSpecification, _ dimensions: [Int]? = nil, elements: ONNXInitializer.Elements? = nil
    ) -> String {
        result.initializers.append(
            ONNXInitializer(
                name: tensor.name, dimensions: dimensions ?? tensor.shape, elements: elements ?? .weights(tensor)))
        return tensor.name
    }

    private mutating func constant(_ name: String, _ list: [Int]) -> String {
        result.initializers.append(ONNXInitializer(name: name, dimensions: [list.count], elements: .integers(list)))
        return name
    }

    /// The attributes of a sliding window; `groups` for convolutions.
    func window(
        kernel: Int, stride: Int, padding: Int, groups: Int? = nil
    ) -> KeyValuePairs<String, ONNXNode.Attribute> {
        let (kernel, stride, padding) = ([kernel, kernel], [stride, stride], [padding, padding, padding, padding])
        guard let groups else {
            return ["kernel_shape": .integers(kernel), "strides": .integers(stride), "pads": .integers(padding)]
        }
        return [
            "group": .integer(groups), "kernel_shape": .integers(kernel), "strides": .integers(stride),
            "pads": .integers(padding),
        ]
    }
}
