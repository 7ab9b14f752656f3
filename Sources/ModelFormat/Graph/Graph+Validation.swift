import Foundations

extension Graph {
    /// Proves that the graph can be executed: every name resolves, every shape follows from its step, every channel is
    /// written exactly once and before it is read or added to, and all sizes stay within `FormatLimits`.
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
    private var packedWeights = 0

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
        try write(step, try produced(step))
    }

    /// The shape that a step writes, once all that it reads has been checked. The values' tables are shared with the
    /// step's rules only for as long as this takes, so that writing them copies nothing.
    private mutating func produced(_ step: Step) throws -> PlaneShape {
        let rules = StepRules(step: step.name, inputChannels: step.inputChannels, shapes: shapes, written: written)
        let input = try rules.readable(step.input)
        let operation = step.operation
        guard KnownOperations.contains(operation) else {
            throw rules.failure("a known operation", "\"\(operation.word)\"")
        }
        try operation.preActivation.check(rules)
        let operand = step.operand(of: input)
        try limit("bytes of the gathered input of step \(step.name)", 4 * operand.count, FormatLimits.arenaBytes)
        try operation.check(operand, rules)
        try count(step, operation.cost(of: operand))
        for tensor in step.tensors(inputShape: input) { weightBytes += 4 * tensor.count }
        try limit("bytes of weights up to step \(step.name)", weightBytes, FormatLimits.fileBytes)
        let (sum, overflow) = packedWeights.addingReportingOverflow(operation.cost(of: operand).packedWeights)
        packedWeights = overflow ? .max : sum
        try limit(
            "zeros that pad each group's outputs to sixteens up to step \(step.name)", packedWeights - weightBytes / 4,
            FormatLimits.paddedWeights)
        let counts = 0...FormatLimits.multiplyAccumulates
        try rules.range("parameters", step.source.parameters, counts)
        try rules.range("paper FLOPs", step.source.paperFLOPs, counts)
        return operation.outputShape(of: operand)
    }

    private mutating func write(_ step: Step, _ produced: PlaneShape) throws {
        guard let shape = shapes[step.output] else {
            throw failure(step, "a declared value to write", "\"\(step.output)\"")
        }
        guard shape.height == produced.height, shape.width == produced.width else {
            throw failure(step, "an output of \(produced.height)×\(produced.width)", "\(shape.height)×\(shape.width)")
        }
        if let channels = step.operation.accumulatedChannels { return try accumulate(step, channels) }
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

    /// A step adds to channels that are written, and reads none of them meanwhile.
    private func accumulate(_ step: Step, _ channels: Int) throws {
        guard step.output != graph.input else {
            throw failure(step, "a value that steps write", "\"\(step.output)\", the graph's input")
        }
        guard step.outputOffset == 0 else { throw failure(step, "output offset 0", "\(step.outputOffset)") }
        guard channels <= written[step.output]! else {
            throw failure(
                step,
                "at most \(written[step.output]!) accumulated channels, as many as \"\(step.output)\" holds by then",
                "\(channels)")
        }
        guard step.input != step.output || step.operation.preActivation.gather != nil && channels < step.inputChannels
        else {
            throw failure(
                step, "inputs gathered behind the \(channels) channels of \"\(step.output)\" that are added to",
                "\(step.inputChannels) visible"
                    + (step.operation.preActivation.gather == nil ? ", none of them gathered" : ""))
        }
    }

    /// Adds a cost to the operations, all overflow refused.
    private mutating func count(_ step: Step, _ cost: OperationCost) throws {
        for addend in [cost.elements, cost.multiplyAccumulates] {
            let (sum, overflow) = operations.addingReportingOverflow(addend)
            operations = overflow ? .max : sum
            try limit("operations up to step \(step.name)", operations, FormatLimits.multiplyAccumulates)
        }
        multiplyAccumulates += cost.multiplyAccumulates
    }
}
