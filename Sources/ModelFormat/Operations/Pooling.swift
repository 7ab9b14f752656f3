import Foundations

/// Maximum or average pooling with a square window.
public struct Pooling: Operation {
    /// What is taken of each window.
    public enum Kind: String, Sendable {
        /// The largest element; padding never wins.
        case maximum
        /// The mean of all `kernel²` elements; there is no padding.
        case average
    }

    /// What is taken of each window.
    public var kind: Kind
    /// What happens to the input of an average first; maxima are taken of the input as it is.
    public var preActivation: PreActivation
    /// The side of the square window.
    public var kernel: Int
    /// Pixels from one window to the next, in both directions.
    public var stride: Int
    /// Pixels around the input that no window counts: at most half of `kernel` for maxima, 0 for averages.
    public var padding: Int

    /// By default of the input as it is, without padding.
    public init(
        kind: Kind, preActivation: PreActivation = PreActivation(), kernel: Int, stride: Int, padding: Int = 0
    ) {
        self.kind = kind
        self.preActivation = preActivation
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }
}

extension Pooling {
    /// A word for each kind.
    public static let words = ["maximumPooling", "averagePooling"]
    /// The word in the file.
    public var word: String { kind == .maximum ? "maximumPooling" : "averagePooling" }
    /// The members of the step that are the operation's own.
    public var members: [JSONValue.Member] { preActivation.members + window.members }

    /// Reads the members of the step that are the operation's own.
    public init(word: String, reading members: inout JSONMembers, version: FormatVersion) throws {
        let kind = word == "maximumPooling" ? Kind.maximum : .average
        let preActivation =
            kind == .average && version > .one
            ? try PreActivation(reading: &members, version: version) : PreActivation()
        let window = try SlidingWindow(reading: &members)
        self.init(
            kind: kind, preActivation: preActivation, kernel: window.kernel, stride: window.stride,
            padding: window.padding)
    }

    private var window: SlidingWindow { SlidingWindow(kernel: kernel, stride: stride, padding: padding) }

    /// A window within its limits, and padding that leaves something in it.
    public func check(_ operand: PlaneShape, _ rules: StepRules) throws {
        guard kind == .average || preActivation == PreActivation() else {
            throw rules.failure("no pre-activation before a maximum", "one")
        }
        try window.check(operand, rules)
        // Half a window of padding leaves an element of the input in every window.
        try rules.range("pooling padding", padding, 0...(kind == .maximum ? kernel / 2 : 0))
    }

    /// `[C, rows of windows, columns of windows]`.
    public func outputShape(of operand: PlaneShape) -> PlaneShape {
        window.outputShape(of: operand, channels: operand.channels)
    }

    /// A multiplier and an offset for each channel's sums; nothing for maxima.
    public func quantized(_ operand: PlaneShape) -> QuantizedOperation? {
        kind == .maximum
            ? QuantizedOperation() : QuantizedOperation(outputs: operand.channels, terms: kernel * kernel)
    }

    /// The elements of every window.
    public func cost(of operand: PlaneShape) -> OperationCost {
        OperationCost(elements: [outputShape(of: operand).count, kernel, kernel])
    }
}
