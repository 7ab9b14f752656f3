import ModelFormat

/// A network as its training code computes it, whatever its family: layers in execution order over named values.
///
/// It says what the *original* does, with its own windows and strides. The evaluator computes it as it stands; folding and
/// the graph builder make the condensed network of it.
public struct SourceNetwork: Equatable, Sendable {
    /// The value that holds the image.
    public static let image = "image"

    /// What a network of its kind is called, such as `VGG`.
    public let family: String
    /// The usual name, such as `VGG-16`.
    public var name: String
    /// Planes of the image that the first layer reads: 3, or 1 where grey images were trained on.
    public var imageChannels = 3
    /// Height and width of the input.
    public let inputSize: Int
    /// Whether the authors' count of operations has one for each bias of a linear layer.
    public var countsBiases = true
    /// All layers in execution order; the last one's output are the logits.
    public private(set) var layers: [SourceLayer] = []

    /// A network without layers yet.
    public init(family: String, name: String, inputSize: Int) {
        self.family = family
        self.name = name
        self.inputSize = inputSize
    }

    /// The value that a layer added now would read.
    public var end: String { layers.last?.output ?? Self.image }

    /// Outputs of the last layer.
    public var classes: Int {
        if case .linear(let linear) = layers.last?.operation { linear.outputs } else { 0 }
    }

    /// Adds a layer.
    ///
    /// - Parameters:
    ///   - input: the value that it reads, all channels that are written by then; by default the output of the layer before.
    ///   - output: the value that it writes, or extends where others have written it; by default one of the layer's name.
    public mutating func add(
        _ name: String, _ operation: SourceLayer.Operation, input: String? = nil, output: String? = nil
    ) {
        layers.append(
            SourceLayer(name: name, operation: operation, input: input ?? end, output: output ?? name))
    }
}

extension SourceNetwork {
    /// For each convolution whose leading batch norm can be folded into the convolution before it, the position of that
    /// one, by the position of the former.
    ///
    /// The one before has to be the only writer of the value and the other its only reader, as a whole and in its order;
    /// nothing may come between convolution and norm.
    public var foldings: [Int: Int] {
        var writers: [String: [Int]] = [:]
        var readers: [String: [Int]] = [:]
        for (position, layer) in layers.enumerated() {
            writers[layer.output, default: []].append(position)
            for input in layer.inputs { readers[input, default: []].append(position) }
        }
        var foldings: [Int: Int] = [:]
        for (position, layer) in layers.enumerated() {
            guard case .convolution(let next) = layer.operation, next.preNorm != nil, next.kind == .plain,
                readers[layer.input]?.count == 1, let writer = writers[layer.input], writer.count == 1,
                case .convolution(let convolution) = layers[writer[0]].operation,
                convolution.norm == nil, convolution.activation == .none
            else { continue }
            foldings[position] = writer[0]
        }
        return foldings
    }
}
