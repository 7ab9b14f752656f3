import ModelFormat

/// A network of the CondenseNet family as a checkpoint holds it: everything but the numbers.
///
/// Every layer carries the prefix of its tensors' names, without `module.` and the like, which wrappers add.
public struct Architecture: Equatable, Sendable {
    /// In which form a checkpoint holds its network.
    public enum Form: String, Sendable {
        /// As training saves it: every 1×1 convolution over all its inputs, masked where its groups are learned, and a
        /// classifier over all features (`classifier.weight`, `.bias`).
        case dense
        /// As the original conversion leaves it: learned groups gathered and regrouped, and a classifier over the
        /// features that `classifier.index` names (`classifier.linear.weight`, `.bias`).
        case converted
    }

    /// The form of the checkpoint.
    public var form: Form
    /// Height and width of the input.
    public var inputSize: Int
    /// The first convolution.
    public var stem: Stem
    /// The dense blocks in order, each with the transition that follows it.
    public var stages: [Stage]
    /// The average pooling before the classifier.
    public var pooling = FinalPooling()
    /// What CondenseNetV2 has between pooling and classifier.
    public var head: Head?
    /// The linear layer at the end.
    public var classifier: Classifier
    /// C: of the inputs of each group of a learned convolution one in C is kept. 1 where no groups are learned.
    public var condensationFactor: Int

    /// The first convolution, `features.init_conv`: no bias, padded by half its kernel.
    public struct Stem: Equatable, Sendable {
        /// Output channels.
        public var channels: Int
        /// 1 or 2.
        public var stride: Int
        /// The side of the kernel: 3, or 7 in torchvision's DenseNet.
        public var kernel = 3
        /// Whether a batch norm (`features.init_norm`), a ReLU and 3×3 maximum pooling of stride 2 follow.
        public var isPooled = false
        /// Planes of the image that are read: 3, or 1 where grey images were trained on.
        public var imageChannels = 3

        /// Height and width of what leaves the stem, for an image of the given side.
        func outputSide(_ side: Int) -> Int {
            let convolved = (side - 1) / stride + 1
            return isPooled ? (convolved - 1) / 2 + 1 : convolved
        }
    }

    /// The average pooling before the classifier.
    public struct FinalPooling: Equatable, Sendable {
        /// The side of the window, of which one fits the plane, in its upper left corner; `nil` for the whole plane.
        public var window: Int?
        /// Pixels from one window to the next; `nil` for the window's side.
        public var stride: Int?

        /// The mean of the whole plane, unless said otherwise.
        public init(window: Int? = nil, stride: Int? = nil) {
            self.window = window
            self.stride = stride
        }
    }

    /// A dense block and, but for the last, the transition that follows it.
    public struct Stage: Equatable, Sendable {
        /// Counted from 1, as in `features.denseblock_1`.
        public var number: Int
        /// Height and width of the block's planes.
        public var side: Int
        /// Channels that enter the first layer.
        public var inputChannels: Int
        /// k: channels that each layer adds.
        public var growth: Int
        /// The layers of the block, at least one.
        public var layers: [Layer]
        /// The 1×1 convolution before the pooling that ends the stage, where there is one.
        public var transition: Pointwise?
        /// What is applied after the batch norms of the stage's layers.
        public var activation = Activation.relu

        /// Channels of the finished block, before the transition.
        public var blockChannels: Int { inputChannels + layers.count * growth }
        /// Channels that the next stage, or `features.norm_last`, receives.
        public var outputChannels: Int { transition?.outputChannels ?? blockChannels }
    }

    /// One layer of a dense block: its 3×3 convolution's outputs are appended to its input.
    public struct Layer: Equatable, Sendable {
        /// `conv_1`: batch norm, ReLU, 1×1 convolution.
        public var pointwise: Pointwise
        /// `conv_2`: batch norm, ReLU, 3×3 convolution with padding 1.
        public var spatial: Spatial
        /// CondenseNetV2: `se`, squeeze-excite of the new channels; rows of its first matrix.
        public var squeezeExcite: Int?
        /// CondenseNetV2: `sfr`, which adds to all channels before the new ones.
        public var reactivation: Reactivation?
    }

    /// A batch norm (`name.norm`), an activation and a 1×1 convolution (`name.conv`) of a layer's new channels, added to the
    /// channels that the layer has read.
    public struct Reactivation: Equatable, Sendable {
        /// `features.denseblock_S.denselayer_L.sfr`.
        public var name: String
        /// How the convolution reads its inputs: `plain` for one group without a mask.
        public var kind: Pointwise.Kind
        /// The new channels.
        public var inputChannels: Int
        /// Groups of the condensed convolution.
        public var groups: Int
        /// Sums of the condensed convolution, each of which is added to one channel.
        public var sums: Int
    }

    /// Squeeze-excite (`features.se_last`), then a linear layer (`fc`) with hard swish.
    public struct Head: Equatable, Sendable {
        /// Rows of the first matrix of `features.se_last`.
        public var squeezeExcite: Int
        /// Outputs of `fc`.
        public var features: Int
    }

    /// A batch norm (`name.norm`), a ReLU and a 1×1 convolution without bias (`name.conv`).
    public struct Pointwise: Equatable, Sendable {
        /// How a convolution reads its inputs.
        public typealias Kind = SourceConvolution.Kind

        /// `features.denseblock_S.denselayer_L.conv_1` or `features.transition_S.conv`.
        public var name: String
        /// How the convolution reads its inputs.
        public var kind: Kind
        /// Channels that the layer can see.
        public var inputChannels: Int
        /// Channels that the condensed convolution gathers, inputs·G/C; `nil` takes all of them in their order, as plain
        /// convolutions do, and learned ones of a single group that kept everything.
        public var gathered: Int?
        /// Outputs, all groups together.
        public var outputChannels: Int
        /// G, of the condensed convolution.
        public var groups: Int
        /// Learned: whether `name._mask` is there; where it is gone, the weights that it dropped are zero.
        public var hasMask = true

        /// Inputs of the condensed convolution, all groups together.
        public var operandChannels: Int { gathered ?? inputChannels }
    }

    /// A batch norm (`name.norm`), a ReLU and a grouped 3×3 convolution without bias (`name.conv`).
    public struct Spatial: Equatable, Sendable {
        /// `features.denseblock_S.denselayer_L.conv_2`.
        public var name: String
        /// Inputs, all groups together.
        public var inputChannels: Int
        /// Outputs, all groups together.
        public var outputChannels: Int
        /// Groups of the convolution, in contiguous shares.
        public var groups: Int

    }

    /// The linear layer, after `features.norm_last`, ReLU and average pooling, and the head where there is one.
    public struct Classifier: Equatable, Sendable {
        /// Channels of `features.norm_last`, or the head's features.
        public var features: Int
        /// Features that the classifier reads; `nil` takes all of them in their order.
        public var kept: Int?
        /// Outputs.
        public var classes: Int
        /// The prefix of its `weight` and `bias`.
        public var tensors = "classifier"
        /// The tensor of the features that it reads, where the checkpoint names some.
        public var index: String?

        /// Inputs of the linear layer.
        public var inputs: Int { kept ?? features }
    }
}

extension Architecture {
    /// The block from which the published CondenseNetV2s have hard swish, counted from 1.
    static let publishedHardSwish = 3
    /// The block from which their layers have squeeze-excite, counted from 1.
    static let publishedSqueezeExcite = 4

    /// Every 1×1 convolution in execution order, those of the transitions included.
    public var pointwise: [Pointwise] {
        stages.flatMap { stage in stage.layers.map(\.pointwise) + (stage.transition.map { [$0] } ?? []) }
    }

    /// G: the groups of the 1×1 convolutions, the most where plain ones differ.
    public var groups: Int { pointwise.map(\.groups).max() ?? 1 }

    /// The family: learned groups make a CondenseNet, reactivation its second version.
    public var family: String {
        head != nil ? "CondenseNetV2" : pointwise.contains { $0.kind != .plain } ? "CondenseNet" : "DenseNet"
    }
}
