import CondenseNet
import ModelFormat

/// Evaluates a condensed graph in double precision, by the operations that judge the runtime (`Planes`).
///
/// The graph has the operations alone that can be computed with bytes (`Graph.validateQuantized`).
struct GraphEvaluator {
    let graph: Graph
    private let numbers: [String: [Double]]
    private let channels: [String: [Int]]

    /// - Parameter tensors: the tensors of `graph`, in single precision.
    /// - Throws: what `tensors` throws.
    init(_ graph: Graph, _ tensors: some TensorSource) throws {
        self.graph = graph
        var numbers: [String: [Double]] = [:]
        var channels: [String: [Int]] = [:]
        for tensor in graph.tensors {
            if tensor.role.isIndex {
                channels[tensor.name] = try tensors.indices(tensor.name).map(Int.init)
            } else {
                numbers[tensor.name] = try tensors.floats(tensor.name).map(Double.init)
            }
        }
        self.numbers = numbers
        self.channels = channels
    }

    /// The numbers of a step's tensor; `nil` where the step has none of this role.
    func numbers(_ step: Step, _ role: TensorSpecification.Role) -> [Double]? {
        numbers["\(step.name).\(role.rawValue)"]
    }

    /// The channels of its input that a step's operation sees, in order.
    func operandChannels(_ step: Step) -> [Int] {
        channels["\(step.name).index"] ?? Array(0..<step.inputChannels)
    }

    /// Runs all steps on one image.
    ///
    /// - Parameter observe: receives each step's position, its operand (the input after the pre-activation) and its output.
    /// - Throws: `ConversionError.linearAlgebra`.
    func evaluate(_ image: [Float], observe: (Int, Planes, Planes) -> Void) throws {
        let shape = graph.value(named: graph.input)!.shape
        var values = GraphValues(graph.input, Planes(shape, image.map(Double.init)))
        for (position, step) in graph.steps.enumerated() {
            var operand = values.gathered(operandChannels(step), of: step.input)
            if let scale = numbers(step, .scale), let shift = numbers(step, .shift) {
                operand = operand.scaled(scale).shifted(shift)
            }
            operand = operand.activated(step.operation.preActivation.activation)
            let output = try linear(step, operand).activated(step.operation.activation).stored(by: step)
            observe(position, operand, output)
            values.write(output, to: step.output)
        }
    }

    /// What a step computes of its operand before activation and shuffle: linear in the operand, but for maximum pooling.
    ///
    /// - Throws: `ConversionError.linearAlgebra`.
    func linear(_ step: Step, _ operand: Planes) throws -> Planes {
        let sums = try operand.summed(by: step.operation, weights: numbers(step, .weight) ?? [])
        if let bias = numbers(step, .bias) { return sums.shifted(bias) }
        guard let terms = step.operation.pooledElements(of: operand.shape) else { return sums }
        return sums.mapped { _, sum in sum / Double(terms) }
    }
}

/// The values of a graph while its steps run: planes that steps add, each its own channels.
struct GraphValues {
    private var planes: [String: Planes]

    /// The input alone.
    init(_ input: String, _ planes: Planes) { self.planes = [input: planes] }

    /// Channels of the value `name`, in the order given.
    func gathered(_ channels: [Int], of name: String) -> Planes {
        let value = planes[name]!
        return channels.elementsEqual(0..<value.shape.channels) ? value : value.gathered(channels)
    }

    /// Adds the channels that a step has computed: steps fill a value in order.
    mutating func write(_ output: Planes, to name: String) {
        // Taken out of the dictionary, so that a dense block grows in place.
        guard var value = planes.removeValue(forKey: name) else {
            planes[name] = output
            return
        }
        value.append(output)
        planes[name] = value
    }

    /// The value `name`.
    subscript(name: String) -> Planes { planes[name]! }
}

extension Planes {
    /// What an operation sums: products with its weights, or the elements of its windows; of maximum pooling the maxima.
    ///
    /// - Throws: `ConversionError.linearAlgebra`.
    func summed(by operation: any Operation, weights: [Double]) throws -> Planes {
        switch operation {
        case let convolution as Convolution:
            return try convolved(
                ConvolutionWeights(
                    outputs: convolution.outputChannels, inputsPerGroup: shape.channels / convolution.groups,
                    kernel: convolution.kernel, values: weights),
                stride: convolution.stride, padding: convolution.padding)
        case let linear as Linear:
            return try flattened.convolved(
                ConvolutionWeights(outputs: linear.outputs, inputsPerGroup: shape.count, kernel: 1, values: weights))
        case let pooling as Pooling where pooling.kind == .maximum:
            return maxima(window: pooling.kernel, stride: pooling.stride, padding: pooling.padding)
        case let pooling as Pooling: return sums(window: pooling.kernel, stride: pooling.stride)
        case is GlobalAveragePooling: return sums
        default: preconditionFailure("\(operation.word) is not computed with bytes")
        }
    }

    /// A step's results in the order of the channels that they are stored as.
    func stored(by step: Step) -> Planes {
        guard let convolution = step.operation as? Convolution, convolution.shuffle else { return self }
        return shuffled(groups: convolution.groups)
    }
}

extension Operation {
    /// How many elements each average is taken of; `nil` for what is no average.
    func pooledElements(of operand: PlaneShape) -> Int? {
        switch self {
        case let pooling as Pooling: pooling.kind == .average ? pooling.kernel * pooling.kernel : nil
        case is GlobalAveragePooling: operand.pixels
        default: nil
        }
    }
}
