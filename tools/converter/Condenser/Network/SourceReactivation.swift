import ModelFormat

/// The reactivation of CondenseNetV2: batch norm, activation and 1×1 convolution of the newest channels, added to all
/// channels before them.
public struct SourceAccumulation: Equatable, Sendable {
    /// Tensor `weight`: as trained `[channels before, inputs, 1, 1]`, as converted `[sums, inputs/groups, 1, 1]`.
    public var weight: String
    /// The batch norm before, the prefix of its tensors' names.
    public var preNorm: String
    /// What is applied between `preNorm` and the convolution.
    public var preActivation = Activation.relu
    /// How the inputs are read: `learned` where `mask` counts, in which input `i` belongs to group `i mod groups`; `condensed`
    /// where `index` says what each sum is added to.
    public var kind: SourceConvolution.Kind
    /// Learned: 0 or 1 for each weight.
    public var mask: String?
    /// Condensed: `[sums, channels before]`, 1 where a sum is added to a channel and else 0.
    public var index: String?
    /// The newest channels, which are read.
    public var inputs: Int
    /// Groups of the condensed convolution.
    public var groups: Int
    /// Sums that the condensed convolution computes, all groups together.
    public var sums: Int

    /// The input, as the value's channels count from the first that is read, that the condensed convolution has at each
    /// place: those of group 0 first.
    var order: [Int] {
        (0..<groups).flatMap { group in stride(from: group, to: inputs, by: groups) }
    }
}

/// Squeeze-excite without biases: `x · sigmoid(W₂ · relu(W₁ · mean(x)))`.
public struct SourceSqueezeExcite: Equatable, Sendable {
    /// Tensor W₁, `[hidden, channels]`.
    public var squeeze: String
    /// Tensor W₂, `[channels, hidden]`.
    public var excite: String
    /// Rows of W₁.
    public var hidden: Int
}
