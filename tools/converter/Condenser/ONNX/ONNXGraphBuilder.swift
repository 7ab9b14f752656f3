import ModelFormat

/// Translates a graph's steps to ONNX operators of opset 14.
///
/// ONNX knows no value with several writers: each writer makes a tensor of its own, and readers concatenate as many of
/// them as they see, starting from what earlier readers have concatenated.
///
/// A step's operators are called `STEP/OPERATION` and its result `STEP/output`, what readers share `VALUE/OPERATION`; each
/// operation has a word of its own and every name but those of weights, `STEP.ROLE`, a slash. So no two names are the
/// same, whatever the steps are called, and none is the graph's own `input` or `logits`.
struct ONNXGraphBuilder {
    private let graph: Graph
    private var result = ONNXGraph()
    /// The tensors that hold a value's channels so far, in channel order.
    private var parts: [String: [Part]] = [:]
    /// Tensors made for readers, by name, so that two readers of the same channels share them.
    private var derived: Set<String> = []

    /// Of each value that was read, the longest tensor made of its parts.
    private var longest: [String: Prefix] = [:]

    private typealias Tensors = [TensorSpecification.Role: TensorSpecification]

    /// What one step wrote into a value.
    private struct Part {
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

    /// - Precondition: `graph` has passed `validate`.
    static func build(_ graph: Graph) -> ONNXGraph {
        var builder = ONNXGraphBuilder(graph: graph)
        builder.parts[graph.input] = [Part(tensor: ONNXGraph.input, shape: graph.value(named: graph.input)!.shape)]
        for step in graph.steps { builder.add(step) }
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
        var tensor = planes(step.input, step.inputChannels)
        if let index = tensors[.index] {
            tensor = emit("Gather", "\(step.name)/gather", [tensor, constant(index)], ["axis": .integer(1)])
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

    private mutating func convolve(
        _ step: Step, _ convolution: Convolution, _ input: String,
        _ tensors: Tensors, _ output: PlaneShape
    ) {
        var tensor = emit(
            "Conv", "\(step.name)/conv",
            [input, constant(tensors[.weight]!)] + (tensors[.bias].map { [constant($0)] } ?? []),
            window(
                kernel: convolution.kernel, stride: convolution.stride, padding: convolution.padding,
                groups: convolution.groups))
        tensor = activate(tensor, convolution.activation, "\(step.name)/")
        guard convolution.shuffle else { return }
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
    private mutating func planes(_ value: String, _ channels: Int) -> String {
        let first = parts[value]![0]
        var whole = longest[value] ?? Prefix(tensor: planes(first), parts: 1, channels: first.shape.channels)
        if whole.channels < channels {
            var tensors = [whole.tensor]
            for part in parts[value]![whole.parts...] where whole.channels < channels {
                tensors.append(planes(part))
                whole.parts += 1
                whole.channels += part.shape.channels
            }
            whole.tensor = emit("Concat", "\(value)/concat-\(whole.channels)", tensors, ["axis": .integer(1)])
            derived.insert(whole.tensor)
        }
        longest[value] = whole
        if whole.channels == channels { return whole.tensor }
        if first.shape.channels == channels { return planes(first) }
        if derived.contains("\(value)/concat-\(channels)") { return "\(value)/concat-\(channels)" }
        return once("\(value)/slice-\(channels)") { builder, name in
            let starts = builder.constant("\(name)/starts", [0])
            let ends = builder.constant("\(name)/ends", [channels])
            let axes = builder.constant("\(name)/axes", [1])
            return builder.emit("Slice", name, [whole.tensor, starts, ends, axes])
        }
    }

    private mutating func planes(_ part: Part) -> String {
        guard part.isFlat else { return part.tensor }
        return once("\(part.tensor)/planes") { builder, name in
            builder.reshape(name, part.tensor, [0, part.shape.channels, 1, 1])
        }
    }

    /// All elements of a value's leading `channels` channels as `[N, elements]`.
    private mutating func flat(_ value: String, _ channels: Int) -> String {
        if let part = parts[value]?.first, part.isFlat, part.shape.channels == channels { return part.tensor }
        let tensor = planes(value, channels)
        return once("\(value)/flatten-\(channels)") { builder, name in
            builder.emit("Flatten", name, [tensor], ["axis": .integer(1)])
        }
    }

    /// The tensor called `name`, made at its first use.
    private mutating func once(_ name: String, _ make: (inout Self, String) -> String) -> String {
        derived.insert(name).inserted ? make(&self, name) : name
    }

    /// Adds an operator whose output has its own name.
    @discardableResult
    private mutating func emit(
        _ operation: String, _ name: String, _ inputs: [String],
        _ attributes: KeyValuePairs<String, ONNXNode.Attribute> = [:]
    ) -> String {
        result.nodes.append(
            ONNXNode(name: name, operation: operation, inputs: inputs, output: name, attributes: attributes))
        return name
    }

    private mutating func reshape(_ name: String, _ input: String, _ shape: [Int]) -> String {
        emit("Reshape", name, [input, constant("\(name)/shape", shape)])
    }

    private mutating func constant(_ tensor: TensorSpecification, _ dimensions: [Int]? = nil) -> String {
        result.initializers.append(
            ONNXInitializer(name: tensor.name, dimensions: dimensions ?? tensor.shape, elements: .weights(tensor)))
        return tensor.name
    }

    private mutating func constant(_ name: String, _ list: [Int]) -> String {
        result.initializers.append(ONNXInitializer(name: name, dimensions: [list.count], elements: .integers(list)))
        return name
    }

    /// The attributes of a sliding window; `groups` for convolutions.
    private func window(
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
