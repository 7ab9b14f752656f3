/// What one layout's networks of dense blocks do otherwise than others, where no tensor tells.
struct DenseBlockTraits: Sendable {
    /// Whose networks they are, for messages: `the authors'`.
    var name: String
    /// The side of the last pooling's window; `nil` for the authors' rule, 8 where the first stride is 1 and else 7.
    var window: Int?
    /// Pixels from one window to the next; `nil` for the window's side.
    var windowStride: Int?
    /// Whether the first convolution is 7×7, with a batch norm, ReLU and maximum pooling behind it; the last pooling then
    /// takes whole planes.
    var isPooledStem = false
    /// The input's size; `nil` where the number of blocks tells.
    var inputSize: Int?
    /// The first stride; `nil` for the authors' rule.
    var stemStride: Int?
    /// The data set that they were trained on, where that is known.
    var dataset: Dataset?
    /// Whether layers add to the channels before them, and a hidden layer stands before the classifier: CondenseNetV2.
    var isReactivated = false
    /// The block from which hard swish takes the place of ReLU, counted from 1, in reactivated networks.
    var hardSwishFrom = Architecture.publishedHardSwish
    /// The part of its features that a classifier of the usual name keeps; `nil` for the authors' half.
    var classifierKeep: Double?
}
