import ModelFormat

/// Networks of bytes, as operators of floats that hold whole numbers between `QuantizeLinear` and `DequantizeLinear`.
///
/// Values stay in steps of their bytes: a channel's scale is in the weights that read it, as in the model file, and ONNX
/// has no gather or bounds by channel on int8. Every scale of ONNX is therefore 1. Sums below 2²⁴ are exact in float32, so
/// that a runtime which multiplies and adds them one after the other, as it is told to, gives the model file's own bits.
extension ONNXGraphBuilder {
    /// Adds all steps of a network of bytes.
    ///
    /// - Parameter tensors: the file's, by name.
    mutating func addBytes(_ tensors: [String: TensorSpecification]) {
        addUnit()
        let input = graph.input
        var tensor = emit(
            "Mul", "\(input)/multiply",
            [ONNXGraph.input, perChannel(tensors["\(input).multiplier"]!)])
        tensor = emit("Round", "\(input)/round", [tensor])
        tensor = emit("Add", "\(input)/zero", [tensor, widened(tensors["\(input).outputZero"]!)])
        parts[input]![0].tensor = quantized(tensor, "\(input)/")
        for step in graph.steps { addBytes(step, tensors) }
    }

    private mutating func addBytes(_ step: Step, _ all: [String: TensorSpecification]) {
        func specification(_ role: TensorSpecification.Role) -> TensorSpecification? {
            all["\(step.name).\(role.rawValue)"]
        }
        let shapes = graph.shapes(of: step)
        var part = Part(tensor: "\(step.name)/output", shape: graph.value(named: step.output)!.shape)
        part.shape.channels = shapes.output.channels
        func finish(_ builder: inout Self) {
            builder.result.nodes[builder.result.nodes.count - 1].output = part.tensor
            builder.parts[step.output, default: []].append(part)
        }
        if let linear = step.operation as? Linear {
            part.shape.channels = linear.outputs
            part.isFlat = true
            var tensor = emit(
                "Gemm", "\(step.name)/gemm",
                [flat(step.input, step.inputChannels), weights(specification(.weight)!)], ["transB": .integer(1)])
            tensor = emit(
                "Mul", "\(step.name)/multiply", [tensor, constant(specification(.multiplier)!, [linear.outputs])])
            tensor = emit("Add", "\(step.name)/offset", [tensor, constant(specification(.offset)!, [linear.outputs])])
            if step.output != graph.output { _ = quantized(tensor, "\(step.name)/") }
            return finish(&self)
        }
        var tensor = planes(step.input, step.inputChannels)
        if let index = specification(.index) {
            tensor = emit("Gather", "\(step.name)/gather", [tensor, constant(index)], ["axis": .integer(1)])
        }
        if let lower = specification(.lower), let upper = specification(.upper) {
            tensor = emit("Max", "\(step.name)/lower", [tensor, widened(lower)])
            tensor = emit("Min", "\(step.name)/upper", [tensor, widened(upper)])
        }
        switch step.operation {
        case let pooling as Pooling where pooling.kind == .maximum:
            emit(
                "MaxPool", "\(step.name)/pool", [tensor],
                window(kernel: pooling.kernel, stride: pooling.stride, padding: pooling.padding))
            return finish(&self)
        case let pooling as Pooling:
            let window = window(
                kernel: pooling.kernel, stride: pooling.stride, padding: 0, groups: shapes.input.channels)
            tensor = emit(
                "Conv", "\(step.name)/pool",
                [tensor, ones(step, [shapes.input.channels, 1, pooling.kernel, pooling.kernel])], window)
        case is GlobalAveragePooling:
            tensor = emit(
                "Conv", "\(step.name)/pool",
                [tensor, ones(step, [shapes.input.channels, 1, shapes.input.height, shapes.input.width])],
                [
                    "group": .integer(shapes.input.channels),
                    "kernel_shape": .integers([shapes.input.height, shapes.input.width]),
                ])
        case let convolution as Convolution:
            let weight = specification(.weight)!
            var inputs = [tensor, weights(weight)]
            if let pad = specification(.pad) {
                // What surrounds a plane from which its padding is subtracted is 0; the bias adds what that takes.
                inputs[0] = emit("Sub", "\(step.name)/pad", [tensor, widened(pad)])
                let name = "\(step.name)/padding"
                result.initializers.append(
                    ONNXInitializer(
                        name: name, dimensions: [convolution.outputChannels],
                        elements: .padding(weight: weight, pad: pad, groups: convolution.groups)))
                inputs.append(name)
            }
            tensor = emit(
                "Conv", "\(step.name)/conv", inputs,
                window(
                    kernel: convolution.kernel, stride: convolution.stride, padding: convolution.padding,
                    groups: convolution.groups))
        default: preconditionFailure("no ONNX form of the operation \(step.operation.word) with bytes")
        }
        tensor = emit("Mul", "\(step.name)/multiply", [tensor, perChannel(specification(.multiplier)!)])
        tensor = emit("Add", "\(step.name)/offset", [tensor, perChannel(specification(.offset)!)])
        if step.output != graph.output { tensor = quantized(tensor, "\(step.name)/") }
        if let convolution = step.operation as? Convolution { shuffle(tensor, step, convolution, shapes.output) }
        finish(&self)
    }

    /// The scale 1 and the zero 0 of all `QuantizeLinear` and `DequantizeLinear`.
    private mutating func addUnit() {
        result.initializers.append(ONNXInitializer(name: "/scale", dimensions: [], elements: .number(1)))
        result.initializers.append(ONNXInitializer(name: "/zero", dimensions: [], elements: .zero))
    }

    /// `tensor` rounded to bytes, as floats.
    private mutating func quantized(_ tensor: String, _ prefix: String) -> String {
        let bytes = emit("QuantizeLinear", "\(prefix)quantize", [tensor, "/scale", "/zero"])
        return emit("DequantizeLinear", "\(prefix)dequantize", [bytes, "/scale", "/zero"])
    }

    private mutating func weights(_ tensor: TensorSpecification) -> String {
        emit(
            "DequantizeLinear", "\(tensor.name)/dequantize",
            [constant(tensor, elements: .bytes(tensor)), "/scale", "/zero"])
    }

    private mutating func ones(_ step: Step, _ shape: [Int]) -> String {
        let name = "\(step.name)/ones"
        result.initializers.append(ONNXInitializer(name: name, dimensions: shape, elements: .ones))
        return emit("DequantizeLinear", "\(name)/dequantize", [name, "/scale", "/zero"])
    }

    /// A tensor of bytes as floats, one for each channel.
    private mutating func widened(_ tensor: TensorSpecification) -> String {
        constant(tensor, [1, tensor.count, 1, 1], elements: .widened(tensor))
    }

    private mutating func perChannel(_ tensor: TensorSpecification) -> String {
        constant(tensor, [1, tensor.count, 1, 1])
    }
}
