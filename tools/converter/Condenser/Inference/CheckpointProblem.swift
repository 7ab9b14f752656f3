/// One reason why a checkpoint is not a finished network of the CondenseNet family.
public enum CheckpointProblem: Equatable, Sendable {
    /// The tensors are those of some other network; `examples` are a few of their names.
    case foreign(examples: [String], tensors: Int)
    /// The file is one that this converter wrote.
    case modelFile
    /// Some tensors, of a network by their names, bear a prefix that is not left out.
    case prefixed(prefix: String, found: Int, tensors: Int)
    /// A tensor that the network needs is not there.
    case missing(tensor: String)
    /// Names of blocks or layers skip a number.
    case gap(name: String, after: String)
    /// A tensor that no network of the family has in this place.
    case unexpected(tensor: String)
    /// A tensor's shape does not follow from the others.
    case shape(tensor: String, expected: String, found: [Int])
    /// A tensor of indices that holds real numbers.
    case notIntegers(tensor: String, found: String)
    /// A weight or statistic that is NaN or infinite.
    case notFinite(tensor: String, position: Int, found: Float)
    /// A running variance below zero.
    case negativeVariance(tensor: String, position: Int, found: Float)
    /// A number outside what the tensor may hold.
    case value(tensor: String, position: Int, expected: String, found: String)
    /// A layer of another kind than the rest: dense among converted ones, or the reverse.
    case mixedForms(layer: String, found: String, others: String)
    /// A layer whose groups, factor, growth or bottleneck differ from those of the others.
    case disagreement(layer: String, quantity: String, found: Int, others: Int)
    /// A learned convolution that has not dropped any input yet.
    case unpruned(layer: String, inputs: Int)
    /// A learned convolution with a number of inputs left other than inputs/C in some group.
    case unfinished(layer: String, place: String, keeps: Int, needs: Int, progress: String)
    /// `_stage` and `_count` that no condensation leaves behind.
    case buffers(layer: String, stage: Float, count: Float, inputs: Int)
    /// Without `_stage` and `_count`, a mask that gives no whole condensation factor.
    case noFactor(layer: String, inputs: Int, kept: ClosedRange<Int>)
    /// Two outputs of one group keep as many inputs, but not the same.
    case unequalMasks(layer: String, group: Int, outputs: (Int, Int), kept: Int)
    /// An index that names a channel twice for one group; `isEmpty` where it is all zeros.
    case repeatedIndex(tensor: String, position: Int, channel: Int, isEmpty: Bool)
    /// A mask of numbers between 0 and 1: the moving average of masks that changed.
    case averagedMask(tensor: String, found: Float)
    /// A mask that drops everything.
    case emptyMask(layer: String)
    /// A first convolution over planes that no image has.
    case imageChannels(tensor: String, found: Int)
    /// More than one linear layer behind the dense blocks.
    case severalClassifiers([String])
    /// No linear layer behind the dense blocks.
    case noClassifier
    /// A network of a kind that is not converted.
    case otherNetwork(name: String, tensor: String)
    /// A quantity beyond what a model file may have.
    case limit(what: String, found: Int, limit: Int)
    /// A number that the converted network cannot hold.
    case overflow(tensor: String, position: Int, value: Double, type: String)

    /// Whether both say the same.
    public static func == (left: Self, right: Self) -> Bool { left.description == right.description }
}

extension CheckpointProblem: CustomStringConvertible {
    /// One line: the layer or tensor, what was expected, what was found.
    public var description: String {
        switch self {
        case .foreign(let examples, let tensors):
            "expected the tensors of a CondenseNet or DenseNet (features.init_conv.weight, features.denseblock_1 …) or of a "
                + "VGG, ResNet or MobileNet-v1, "
                + "found \(tensors) others: \(examples.joined(separator: ", "))\(tensors > examples.count ? " …" : "")"
        case .modelFile: "expected a checkpoint, found a model file, converted already"
        case .prefixed(let prefix, let found, let tensors):
            "expected the tensors of one network alone, found \(found) of \(tensors) behind \"\(prefix)\" "
                + "(--weights \(prefix.dropLast()) takes these)"
        case .missing(let tensor): "\(tensor): missing"
        case .gap(let name, let after): "\(name): missing, although there is \(after)"
        case .unexpected(let tensor): "\(tensor): unexpected tensor"
        case .shape(let tensor, let expected, let found): "\(tensor): expected shape \(expected), found \(found)"
        case .notIntegers(let tensor, let found): "\(tensor): expected integers, found \(found)"
        case .notFinite(let tensor, let position, let found):
            "\(tensor): expected finite numbers, found \(found) at \(position)"
        case .negativeVariance(let tensor, let position, let found):
            "\(tensor): expected a variance of at least 0, found \(found) at \(position)"
        case .value(let tensor, let position, let expected, let found):
            "\(tensor): expected \(expected), found \(found) at \(position)"
        case .mixedForms(let layer, let found, let others): "\(layer): \(found), among layers that are \(others)"
        case .disagreement(let layer, let quantity, let found, let others):
            "\(layer): \(quantity) \(found), in a network of \(others)"
        case .unpruned(let layer, let inputs):
            "\(layer): nothing was condensed yet, all \(inputs) inputs are kept (--allow-unpruned takes it as it is)"
        case .unfinished(let layer, let place, let keeps, let needs, let progress):
            "\(layer): \(place) keeps \(keeps), needs \(needs)\(progress)"
        case .buffers(let layer, let stage, let count, let inputs):
            "\(layer): _stage \(stage) and _count \(count) belong to no condensation of \(inputs) inputs"
        case .noFactor(let layer, let inputs, let kept) where kept.lowerBound == kept.upperBound:
            "\(layer): keeps \(kept.lowerBound) of \(inputs) inputs, which is no whole condensation factor"
        case .noFactor(let layer, let inputs, let kept):
            "\(layer): keeps from \(kept.lowerBound) to \(kept.upperBound) of \(inputs) inputs, "
                + "which is no whole condensation factor"
        case .unequalMasks(let layer, let group, let outputs, let kept):
            "\(layer): outputs \(outputs.0) and \(outputs.1) of group \(group) keep \(kept) inputs each, not the same ones"
        case .repeatedIndex(let tensor, let position, let channel, let isEmpty):
            isEmpty
                ? "\(tensor): all zeros: it was never loaded, and the channels that are read are unknown"
                : "\(tensor): channel \(channel) appears twice in one group, again at \(position): a condensed group reads "
                    + "each channel once"
        case .averagedMask(let tensor, let found):
            "\(tensor): a moving average of masks (\(found)), which is no mask: take the weights that training itself saved "
                + "(--weights KEY), or average again without the masks"
        case .emptyMask(let layer):
            "\(layer): the mask is all zeros, so that nothing is left of the layer"
        case .imageChannels(let tensor, let found):
            "\(tensor): the first convolution reads \(found) planes; images have 3, or 1 where they are grey"
        case .severalClassifiers(let names):
            "expected one linear layer behind the dense blocks, found \(names.count): "
                + names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " …" : "")
        case .noClassifier: "expected a linear layer behind the dense blocks (classifier.weight), found none"
        case .otherNetwork(let name, let tensor):
            "\(tensor): a tensor of \(name), which is not converted"
        case .limit(let what, let found, let limit): "\(what): expected at most \(limit), found \(found)"
        case .overflow(let tensor, let position, let value, let type):
            "\(tensor): expected numbers that fit \(type), found \(value) at \(position)"
        }
    }
}
