/// An operation with bytes: an integer sum for each output, which a multiplier and an offset bring to the output's scale.
public struct QuantizedOperation: Equatable, Sendable {
    /// The tensors that are read, besides those of the pre-activation and the scales of what is written.
    public let tensors: [OperationTensor]
    /// Products, or bytes, in the longest sum; 0 where nothing is summed.
    public let terms: Int
    /// Whether the outputs have scales of their own. Where they have none, they keep those of the input's channels.
    public let isRescaled: Bool

    /// Whether sums are of products with weights, and not of bytes alone.
    public var hasWeights: Bool { tensors.contains { $0.role == .weight } }

    /// Bytes that are compared, and keep their scales.
    init() {
        tensors = []
        terms = 0
        isRescaled = false
    }

    /// Sums of `terms` each, multiplied and shifted for each of `outputs` channels.
    init(_ tensors: [OperationTensor] = [], outputs: Int, terms: Int) {
        self.tensors = tensors + [OperationTensor(.multiplier, [outputs]), OperationTensor(.offset, [outputs])]
        self.terms = terms
        isRescaled = true
    }

    /// Terms that no sum of products from -128 · 127 to 128 · 127 may exceed, so that it fits 32 bits.
    public static let mostTerms = Int(Int32.max) / (128 * 127)
}
