import ModelFormat

/// A network that CondenseNets are compared with: convolutions, pooling, residual sums and linear layers, under the names
/// that its training code gives them.
///
/// The layers are the steps of the graph: batch norms are folded into the convolution before them.
public struct ComparisonNetwork: Equatable, Sendable {
    /// Which network it is.
    public enum Family: String, Sendable {
        /// Simonyan and Zisserman's networks of 3×3 convolutions and three linear layers.
        case vgg = "VGG"
        /// He and others' networks of residual blocks of two 3×3 convolutions.
        case resNet = "ResNet"
        /// Howard and others' first network of depthwise and 1×1 convolutions in turn.
        case mobileNetV1 = "MobileNet-v1"
    }

    /// One step of the network.
    public struct Layer: Equatable, Sendable {
        /// The prefix of the layer's tensors, for those that have some; also the name of the step and of its output.
        public var name: String
        /// The prefix of the batch norm that follows the convolution, if one does.
        public var norm: String?
        /// What is computed; for a convolution with a batch norm its `bias` is the norm's alone.
        public var operation: any Operation
        /// The layer whose output is read, or `ComparisonNetwork.image`.
        public var input: String

        /// Whether both compute the same from the same layer.
        public static func == (left: Layer, right: Layer) -> Bool {
            left.name == right.name && left.norm == right.norm && left.operation.isEqual(to: right.operation)
                && left.input == right.input
        }
    }

    /// What the first layer reads.
    public static let image = "image"

    /// Which network it is.
    public let family: Family
    /// Height and width of the input.
    public let inputSize: Int
    /// All layers in execution order; the last one's output are the logits.
    public private(set) var layers: [Layer] = []

    /// A network without layers yet.
    init(family: Family, inputSize: Int) {
        self.family = family
        self.inputSize = inputSize
    }

    /// The name of what a layer added now would read.
    var end: String { layers.last?.name ?? Self.image }

    /// The usual name: the family and, but for MobileNet, the number of layers with weights on the longest path.
    public var name: String {
        let depth = layers.count { layer in
            switch layer.operation {
            case is Convolution: !layer.name.contains("downsample")
            case is Linear: true
            default: false
            }
        }
        return family == .mobileNetV1 ? family.rawValue : "\(family.rawValue)-\(depth)"
    }

    /// Outputs of the last layer.
    public var classes: Int {
        if case let linear as Linear = layers.last?.operation { linear.outputs } else { 0 }
    }

    /// Adds a layer that reads `input`, by default the output of the layer before.
    mutating func add(_ name: String, norm: String? = nil, _ operation: any Operation, input: String? = nil) {
        layers.append(Layer(name: name, norm: norm, operation: operation, input: input ?? end))
    }
}
