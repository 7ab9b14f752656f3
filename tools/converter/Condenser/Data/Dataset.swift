import ModelFormat

/// A data set whose preprocessing is known: as the authors of CondenseNet trained on it.
public enum Dataset: String, CaseIterable, Sendable {
    /// Ten classes of 32×32 colour images.
    case cifar10
    /// A hundred classes of 32×32 colour images.
    case cifar100
    /// A thousand classes of photographs.
    case imagenet
    /// Ten classes of 28×28 grey images, on which the network sees a border of zero pixels.
    case fashionMNIST = "fashion-mnist"

    /// Height and width of the input that networks for this data set have.
    public var inputSize: Int { self == .imagenet ? 224 : 32 }

    /// The stride of their first convolution.
    public var stemStride: Int { self == .imagenet ? 2 : 1 }

    /// How many classes the data set has.
    public var classes: Int {
        switch self {
        case .cifar10, .fashionMNIST: 10
        case .cifar100: 100
        case .imagenet: 1000
        }
    }

    /// The data set that a network of this input size and number of classes was most likely trained on.
    public static func assumed(inputSize: Int, classes: Int) -> Dataset? {
        switch (inputSize, classes) {
        case (32, 10): .cifar10
        case (32, 100): .cifar100
        case (224, _): .imagenet
        default: nil
        }
    }

    /// How an image becomes the input of a network of `inputSize`.
    ///
    /// CIFAR images have the input's size, so that resizing matters for other images alone. Fashion-MNIST images keep
    /// their size: the crop surrounds them by zero pixels.
    public func preprocessing(inputSize: Int) -> Preprocessing {
        switch self {
        case .cifar10:
            Preprocessing(
                resize: inputSize, crop: inputSize, mean: [0.4914, 0.4824, 0.4467], std: [0.2471, 0.2435, 0.2616])
        case .cifar100:
            Preprocessing(
                resize: inputSize, crop: inputSize, mean: [0.5071, 0.4867, 0.4408], std: [0.2675, 0.2565, 0.2761])
        case .imagenet:
            Preprocessing(
                resize: (inputSize * 256 + 112) / 224, crop: inputSize, mean: [0.485, 0.456, 0.406],
                std: [0.229, 0.224, 0.225])
        case .fashionMNIST:
            Preprocessing(
                resize: nil, crop: inputSize, mean: [0.2860, 0.2860, 0.2860], std: [0.3530, 0.3530, 0.3530])
        }
    }

    /// The names of the classes in the data set's order; none where they are not built in.
    public var labels: [String] {
        switch self {
        case .cifar10: Labels.cifar10
        case .cifar100: Labels.cifar100
        case .imagenet: Labels.imagenet
        case .fashionMNIST: Labels.fashionMNIST
        }
    }
}
