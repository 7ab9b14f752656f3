import ModelFormat

/// An operator of an ONNX graph, with one output.
struct ONNXNode {
    enum Attribute {
        case integer(Int)
        case integers([Int])
    }

    var name: String
    /// The operator's type, such as `Conv`.
    var operation: String
    var inputs: [String]
    var output: String
    var attributes: KeyValuePairs<String, Attribute> = [:]
}

/// A constant tensor of an ONNX graph. Weights are fetched only when the tensor is written.
struct ONNXInitializer {
    enum Elements {
        case weights(TensorSpecification)
        /// Channel numbers, counted from a channel on.
        case channels(TensorSpecification, from: Int)
        /// An accumulation's weights as those of a convolution of one group with an output for each channel that is added to.
        case scattered(weight: TensorSpecification, destinations: TensorSpecification, groups: Int)
        /// A list of int64, such as the target of a Reshape.
        case integers([Int])
        /// A tensor of bytes as int8.
        case bytes(TensorSpecification)
        /// A tensor of bytes as float32.
        case widened(TensorSpecification)
        /// For each output, the sum of its weights times the byte around the plane that each of them reads.
        case padding(weight: TensorSpecification, pad: TensorSpecification, groups: Int)
        /// Ones of int8.
        case ones
        /// One number of float32.
        case number(Float)
        /// The zero of int8.
        case zero
    }

    var name: String
    var dimensions: [Int]
    var elements: Elements
}

/// Nodes and constants in execution order, ready to be written.
struct ONNXGraph {
    var nodes: [ONNXNode] = []
    var initializers: [ONNXInitializer] = []

    /// The name of the graph's input, `[N, 3, H, W]`.
    static let input = "input"
    /// The name of the graph's output, `[N, classes]`.
    static let output = "logits"

    /// Bytes of all constants.
    var constantBytes: Int {
        initializers.reduce(0) { sum, initializer in
            switch initializer.elements {
            case .weights(let tensor): sum + tensor.count * (tensor.role.isIndex ? 8 : 4)
            case .channels(let tensor, _): sum + 8 * tensor.count
            case .scattered: sum + 4 * initializer.dimensions.reduce(1, *)
            case .bytes(let tensor): sum + tensor.count
            case .widened(let tensor): sum + 4 * tensor.count
            case .padding(let weight, _, _): sum + 4 * weight.shape[0]
            case .ones: sum + initializer.dimensions.reduce(1, *)
            case .number, .zero: sum + 4
            case .integers(let list): sum + 8 * list.count
            }
        }
    }

    /// Bytes of the constants that are dense matrices of sparse ones.
    var scatteredBytes: Int {
        initializers.reduce(0) { sum, initializer in
            if case .scattered = initializer.elements { sum + 4 * initializer.dimensions.reduce(1, *) } else { sum }
        }
    }

    mutating func rename(_ tensor: String, to name: String) {
        for position in nodes.indices {
            if nodes[position].output == tensor { nodes[position].output = name }
            nodes[position].inputs = nodes[position].inputs.map { $0 == tensor ? name : $0 }
        }
    }
}
