import Foundations

/// What a model or architecture file may ask for. A file beyond a limit is refused before the memory in question is
/// allocated; packed weights, which are counted as they are packed, are refused with the first step beyond theirs.
public enum FormatLimits {
    /// Bytes of a whole model file, and of a graph's weights in single precision.
    public static let fileBytes = 1 << 30
    /// Bytes of the JSON header, and of an architecture file.
    public static let headerBytes = 1 << 20
    /// Tensors in a file.
    public static let tensors = 4096
    /// Dimensions of a tensor.
    public static let rank = 4
    /// Levels of nested JSON arrays and objects.
    public static let jsonDepth = JSONReader.depthLimit
    /// Bytes of the name of a value, step or tensor.
    public static let nameBytes = String.identifierBytes
    /// Bytes of a text for people, such as a label.
    public static let textBytes = 1024
    /// Steps, and values, of a graph.
    public static let steps = 4096
    /// Channels of a value, classes included.
    public static let channels = 1 << 16
    /// Height or width of a value.
    public static let side = 16_384
    /// Kernel side, stride and padding of a convolution or pooling.
    public static let window = 64
    /// Bytes of activations that an execution plan may need, of a single value, and of a step's gathered input.
    public static let arenaBytes = 512 << 20
    /// Zeros that kernels may put beside the weights, where the outputs of every group are padded to sixteens.
    public static let paddedWeights = 1 << 26
    /// Bytes of packed weights.
    public static let packedBytes = 2 << 30
    /// Bytes that all threads of a session may need besides activations and weights.
    public static let scratchBytes = 1 << 30
    /// Channels of all values together where a plan for bytes retains them: each has a scale and a zero in memory.
    public static let retainedChannels = 1 << 22
    /// Multiply-accumulates of one inference, where every element that a step pools, adds or gathers counts as one.
    public static let multiplyAccumulates = 1 << 37
}
