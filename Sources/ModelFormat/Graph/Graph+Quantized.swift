extension Graph {
    /// Proves that the graph can be computed with bytes: operations that can, no other activation than ReLU, sums that fit
    /// 32 bits, logits that are sums of products and that nothing reads.
    ///
    /// - Precondition: the graph has passed `validate`.
    /// - Throws: `ModelFormatError.step` naming the first step that breaks a rule.
    public func validateQuantized() throws {
        for step in steps {
            func failure(_ expected: String, _ found: String) -> ModelFormatError {
                .step(name: step.name, expected: expected, found: found)
            }
            let operation = step.operation
            let operand = step.operand(of: value(named: step.input)!.shape)
            guard let quantized = operation.quantized(operand) else {
                throw failure("an operation that can be computed in int8", operation.word)
            }
            for activation in [operation.preActivation.activation, operation.activation]
            where activation == .hardSwish {
                throw failure("no activation but relu in int8", activation.rawValue)
            }
            guard quantized.terms <= QuantizedOperation.mostTerms else {
                throw failure(
                    "sums of at most \(QuantizedOperation.mostTerms) products in int8", "\(quantized.terms)")
            }
            guard step.name != input else {
                throw failure("a name other than the input value's in int8", "\"\(step.name)\"")
            }
            guard !step.inputs.contains(output) else {
                throw failure("logits that no step reads in int8", "\"\(output)\" read")
            }
            guard step.output != output || quantized.hasWeights && operation.activation == .none else {
                throw failure(
                    "logits of a convolution or linear layer without activation in int8", operation.word)
            }
        }
    }

    /// All tensors of the graph computed with bytes: those of the input value, then the steps' in their order.
    ///
    /// - Precondition: the graph has passed `validate` and `validateQuantized`.
    public var quantizedTensors: [TensorSpecification] {
        let channels = [value(named: input)!.shape.channels]
        let roles: [TensorSpecification.Role] = [.multiplier, .outputScale, .outputZero]
        let inputs = roles.map {
            TensorSpecification(
                name: "\(input).\($0.rawValue)", role: $0, shape: channels, channels: 0..<0,
                elements: $0.quantizedElements)
        }
        return inputs + steps.flatMap(quantizedTensors)
    }

    /// The tensors that a step reads where values are bytes; the scales of what it writes are for those who look at it.
    private func quantizedTensors(of step: Step) -> [TensorSpecification] {
        let operand = step.operand(of: value(named: step.input)!.shape)
        guard let quantized = step.operation.quantized(operand) else { return [] }
        let stage = step.operation.preActivation
        let outputs = [step.operation.outputShape(of: operand).channels]
        var tensors: [OperationTensor] = []
        if stage.gather != nil { tensors.append(OperationTensor(.index, [operand.channels])) }
        if stage.bounds {
            tensors += [OperationTensor(.lower, [operand.channels]), OperationTensor(.upper, [operand.channels])]
        }
        tensors += quantized.tensors
        if quantized.isRescaled && step.output != output {
            tensors += [OperationTensor(.outputScale, outputs), OperationTensor(.outputZero, outputs)]
        }
        return step.specifications(tensors) { role in
            // Averages absorb a folded batch norm, whose factors may be negative.
            role == .multiplier && !quantized.hasWeights ? .floats : role.quantizedElements
        }
    }
}

extension ModelDescription {
    /// All tensors that a file of this description holds.
    ///
    /// - Precondition: `validate` has passed.
    public var tensors: [TensorSpecification] { isQuantized ? graph.quantizedTensors : graph.tensors }
}

extension PreActivation {
    /// Whether bytes are held between bounds: all that a norm and an activation leave to do once weights and offsets have
    /// absorbed the rest.
    public var bounds: Bool { normalize || activation != .none }
}

extension TensorSpecification.Role {
    /// What a tensor of this role holds where values are bytes.
    fileprivate var quantizedElements: TensorSpecification.Elements {
        switch self {
        case .index, .destinations: .indices
        case .weight, .lower, .upper, .pad, .outputZero: .bytes
        case .multiplier, .outputScale: .positiveFloats
        case .offset, .bias, .scale, .shift, .squeeze, .excite: .floats
        }
    }
}
