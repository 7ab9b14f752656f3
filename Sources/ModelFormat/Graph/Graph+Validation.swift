extension Graph {
    /// Proves that the graph can be executed: every name resolves, every shape follows from its step, every channel is
    /// written exactly once and before it is read, and all sizes stay within `FormatLimits`.
    ///
    /// What it has proven keeps the arithmetic of `tensors`, `shapes(of:)`, `parameters` and `paperFLOPs` from overflow.
    ///
    /// - Returns: conv and linear multiply-accumulates of one inference.
    /// - Throws: `ModelFormatError` naming the first step or value that breaks a rule.
    @discardableResult
    public func validate() throws -> Int {
        var validator = GraphValidator(self)
        return try validator.run()
    }
}

/// Walks the steps in order, keeping for every value how many leading channels are written.
private struct GraphValidator {
    private let graph: Graph
    private var shapes: [String: PlaneShape] = [:]
    private var written: [String: Int] = [:]
    private var multiplyAccumulates = 0
    /// Multiply-accumulates and every element that is pooled, added or gathered.
    private var operations = 0
    private var weightBytes = 0

    init(_ graph: Graph) { self.graph = graph }

    mutating func run() throws -> Int {
        try limit("values of the graph", graph.values.count, FormatLimits.steps)
        try limit("steps of the graph", graph.steps.count, FormatLimits.steps)
        for value in graph.values { try declare(value) }
        try checkInput()
        var names: Set<String> = []
        for step in graph.steps {
            guard step.name.isIdentifier else { throw failure(step, String.identifierRule, "\"\(step.name)\"") }
            guard names.insert(step.name).inserted else {
                throw failure(step, "a name of its own", "a second step of this name")
            }
            try check(step)
        }
        for value in graph.values where written[value.name]! < value.shape.channels {
            throw ModelFormatError.value(
                name: value.name, expected: "\(value.shape.channels) channels written by the steps",
                found: "\(written[value.name]!)")
        }
        guard let output = shapes[graph.output], graph.output != graph.input, output.pixels == 1 else {
            throw ModelFormatError.value(
                name: graph.output, expected: "an output of shape classes×1×1",
                found: shapes[graph.output]?.description ?? "no such value")
        }
        return multiplyAccumulates
    }

    private func limit(_ what: String, _ found: Int, _ limit: Int) throws {
        guard found <= limit else { throw ModelFormatError.limit(what: what, found: found, limit: limit) }
    }

    private func failure(_ step: Step, _ expected: String, _ found: String) -> ModelFormatError {
        .step(name: step.name, expected: expected, found: found)
    }

    private mutating func declare(_ value: Value) throws {
        guard value.name.isIdentifier else {
            throw ModelFormatError.value(
                name: value.name, expected: String.identifierRule, found: "\"\(value.name)\"")
        }
        guard shapes[value.name] == nil else {
            throw ModelFormatError.value(
                name: value.name, expected: "a name of its own", found: "a second value of this name")
        }
        let shape = value.shape
        let sides = 1...FormatLimits.side
        guard (1...FormatLimits.channels).contains(shape.channels), sides.contains(shape.height),
            sides.contains(shape.width)
        else {
            throw ModelFormatError.value(
                name: value.name,
                expected: "1 to \(FormatLimits.channels) channels and sides of 1 to \(FormatLimits.side)",
                found: shape.description)
        }
        try limit("bytes of value \(value.name)", 4 * shape.count, FormatLimits.arenaBytes)
        shapes[value.name] = shape
        written[value.name] = 0
    }

    private mutating func checkInput() throws {
        guard let shape = shapes[graph.input] else {
            throw ModelFormatError.value(name: graph.input, expected: "the graph's input", found: "no such value")
        }
        guard shape.channels == 3 else {
            throw ModelFormatError.value(name: graph.input, expected: "3 input channels", found: "\(shape.channels)")
        }
        written[graph.input] = shape.channels
    }

    private mutating func check(_ step: Step) throws {
        let input = try readable(step, step.input)
        let produced: PlaneShape
        switch step.operation {
        case .convolution(let convolution): produced = try check(step, convolution, input)
        case .pooling(let pooling): produced = try check(step, pooling, input)
        case .globalAveragePooling(let stage):
            let seen = try check(step, stage, input)
            try count(step, [seen.count], areMultiplyAccumulates: false)
            produced = PlaneShape(channels: seen.channels, height: 1, width: 1)
        case .addition(let addition):
            let other = try readable(step, addition.other)
            guard other.height == input.height, other.width == input.width else {
                throw failure(step, "two values of one size", "\(input) and \(other)")
            }
            produced = PlaneShape(channels: step.inputChannels, height: input.height, width: input.width)
            try count(step, [produced.count], areMultiplyAccumulates: false)
        case .linear(let linear):
            try range(step, "outputs", linear.outputs, 1...FormatLimits.channels)
            try count(step, [linear.outputs, step.inputChannels, input.pixels], areMultiplyAccumulates: true)
            produced = PlaneShape(channels: linear.outputs, height: 1, width: 1)
        }
        for tensor in step.tensors(inputShape: input) { weightBytes += 4 * tensor.count }
        try limit("bytes of weights up to step \(step.name)", weightBytes, FormatLimits.fileBytes)
        try check(step, step.source)
        try write(step, produced)
    }

    private func check(_ step: Step, _ cost: SourceCost) throws {
        let counts = 0...FormatLimits.multiplyAccumulates
        try range(step, "parameters", cost.parameters, counts)
        try range(step, "paper FLOPs", cost.paperFLOPs, counts)
    }

    private func readable(_ step: Step, _ name: String) throws -> PlaneShape {
        guard let shape = shapes[name] else { throw failure(step, "a declared value", "\"\(name)\"") }
        guard step.inputChannels >= 1, step.inputChannels <= written[name]! else {
            throw failure(
                step, "1 to \(written[name]!) input channels, as many as \"\(name)\" holds by then",
                "\(step.inputChannels)")
        }
        return shape
    }

    private mutating func write(_ step: Step, _ produced: PlaneShape) throws {
        guard let shape = shapes[step.output] else {
            throw failure(step, "a declared value to write", "\"\(step.output)\"")
        }
        guard shape.height == produced.height, shape.width == produced.width else {
            throw failure(step, "an output of \(produced.height)×\(produced.width)", "\(shape.height)×\(shape.width)")
        }
        guard step.outputOffset == written[step.output]! else {
            throw failure(
                step, "output offset \(written[step.output]!), the first channel of \"\(step.output)\" yet unwritten",
                "\(step.outputOffset)")
        }
        guard produced.channels <= shape.channels - step.outputOffset else {
            throw failure(
                step, "at most \(shape.channels - step.outputOffset) output channels", "\(produced.channels)")
        }
        written[step.output]! += produced.channels
    }

    private func range(_ step: Step, _ what: String, _ found: Int, _ range: ClosedRange<Int>) throws {
        guard range.contains(found) else {
            throw failure(step, "\(what) from \(range.lowerBound) to \(range.upperBound)", "\(found)")
        }
    }

    /// The shape that the operation sees.
    private func check(_ step: Step, _ stage: InputStage, _ input: PlaneShape) throws -> PlaneShape {
        if let gather = stage.gather { try range(step, "gathered channels", gather, 1...FormatLimits.channels) }
        var seen = input
        seen.channels = stage.channels(of: step.inputChannels)
        try limit("bytes of the gathered input of step \(step.name)", 4 * seen.count, FormatLimits.arenaBytes)
        return seen
    }

    private mutating func check(_ step: Step, _ convolution: Convolution, _ input: PlaneShape) throws -> PlaneShape {
        let seen = try check(step, convolution.inputStage, input)
        try range(step, "output channels", convolution.outputChannels, 1...FormatLimits.channels)
        try range(step, "groups", convolution.groups, 1...FormatLimits.channels)
        guard seen.channels % convolution.groups == 0, convolution.outputChannels % convolution.groups == 0 else {
            throw failure(
                step, "groups that divide \(seen.channels) inputs and \(convolution.outputChannels) outputs",
                "\(convolution.groups)")
        }
        let (height, width) = try window(
            step, convolution.kernel, convolution.stride, convolution.padding, input)
        let produced = PlaneShape(channels: convolution.outputChannels, height: height, width: width)
        try count(step, [seen.count], areMultiplyAccumulates: false)
        try count(
            step, [produced.count, seen.channels / convolution.groups, convolution.kernel * convolution.kernel],
            areMultiplyAccumulates: true)
        return produced
    }

    private mutating func check(_ step: Step, _ pooling: Pooling, _ input: PlaneShape) throws -> PlaneShape {
        let (height, width) = try window(step, pooling.kernel, pooling.stride, pooling.padding, input)
        // Half a window of padding leaves an element of the input in every window.
        let allowed = pooling.kind == .maximum ? pooling.kernel / 2 : 0
        try range(step, "pooling padding", pooling.padding, 0...allowed)
        let produced = PlaneShape(channels: step.inputChannels, height: height, width: width)
        try count(step, [produced.count, pooling.kernel * pooling.kernel], areMultiplyAccumulates: false)
        return produced
    }

    /// The output size of a sliding window; every window overlaps the input.
    private func window(
        _ step: Step, _ kernel: Int, _ stride: Int, _ padding: Int, _ input: PlaneShape
    ) throws -> (height: Int, width: Int) {
        try range(step, "kernel", kernel, 1...FormatLimits.window)
        try range(step, "stride", stride, 1...FormatLimits.window)
        try range(step, "padding", padding, 0...(kernel - 1))
        guard input.height + 2 * padding >= kernel, input.width + 2 * padding >= kernel else {
            throw failure(step, "an input of at least \(kernel)×\(kernel) with its padding", "\(input)")
        }
        return (
            (input.height + 2 * padding - kernel) / stride + 1, (input.width + 2 * padding - kernel) / stride + 1
        )
    }

    /// Adds a product to the operations, all overflow refused.
    private mutating func count(_ step: Step, _ factors: [Int], areMultiplyAccumulates: Bool) throws {
        var product = 1
        for factor in factors {
            let (result, overflow) = product.multipliedReportingOverflow(by: factor)
            product = overflow ? .max : result
        }
        let (sum, overflow) = operations.addingReportingOverflow(product)
        operations = overflow ? .max : sum
        try limit("operations up to step \(step.name)", operations, FormatLimits.multiplyAccumulates)
        if areMultiplyAccumulates { multiplyAccumulates += product }
    }
}
