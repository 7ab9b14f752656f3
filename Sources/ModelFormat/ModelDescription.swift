/// Everything a model file says besides its weights.
public struct ModelDescription: Equatable, Sendable {
    /// The network's name, as tables show it.
    public var name: String
    public var graph: Graph
    /// How an image becomes the network's input.
    public var preprocessing: Preprocessing
    /// One label a class, or none.
    public var labels: [String]
    /// Where the weights come from; `nil` in architecture files.
    public var provenance: Provenance?
    /// The source network's answers to a seeded input; `nil` in architecture files.
    public var sample: SampleAnswers?

    public init(
        name: String, graph: Graph, preprocessing: Preprocessing, labels: [String] = [], provenance: Provenance? = nil,
        sample: SampleAnswers? = nil
    ) {
        self.name = name
        self.graph = graph
        self.preprocessing = preprocessing
        self.labels = labels
        self.provenance = provenance
        self.sample = sample
    }

    /// The shape of the network's input, `[3, H, W]`.
    ///
    /// - Precondition: `validate` has passed.
    public var inputShape: PlaneShape { graph.value(named: graph.input)!.shape }

    /// The number of classes.
    ///
    /// - Precondition: `validate` has passed.
    public var classes: Int { graph.value(named: graph.output)!.shape.channels }

    /// Proves that the graph can be executed and that labels, preprocessing and sample answers fit it.
    ///
    /// - Returns: conv and linear multiply-accumulates of one inference.
    /// - Throws: `ModelFormatError`.
    @discardableResult
    public func validate() throws -> Int {
        let multiplyAccumulates = try graph.validate()
        guard labels.isEmpty || labels.count == classes else {
            throw ModelFormatError.member(
                path: "labels", expected: "\(classes) labels, one a class", found: "\(labels.count)")
        }
        try preprocessing.validate(for: inputShape)
        if let sample, sample.logits.count != classes {
            throw ModelFormatError.member(
                path: "sample.logits", expected: "\(classes) numbers, one a class", found: "\(sample.logits.count)")
        }
        return multiplyAccumulates
    }
}

/// How an image becomes the network's input: resize, centre crop, then `(pixel/255 − mean) / std` in each channel.
public struct Preprocessing: Equatable, Sendable {
    /// The order in which colours fill the three input planes.
    public enum ColorOrder: String, Sendable { case rgb = "RGB", bgr = "BGR" }

    /// The shorter side after resizing; `nil` keeps the image's size.
    public var resize: Int?
    /// The side of the centre crop, zero-padded where the image is smaller; `nil` takes the image as it is.
    public var crop: Int?
    /// One number for each input plane.
    public var mean: [Float]
    /// One positive number for each input plane.
    public var std: [Float]
    public var colorOrder: ColorOrder

    public init(resize: Int?, crop: Int?, mean: [Float], std: [Float], colorOrder: ColorOrder = .rgb) {
        self.resize = resize
        self.crop = crop
        self.mean = mean
        self.std = std
        self.colorOrder = colorOrder
    }

    func validate(for input: PlaneShape) throws {
        if let resize, !(1...FormatLimits.side).contains(resize) {
            throw ModelFormatError.member(
                path: "preprocessing.resize", expected: "1 to \(FormatLimits.side)", found: "\(resize)")
        }
        if let crop, crop != input.height || crop != input.width {
            throw ModelFormatError.member(
                path: "preprocessing.crop", expected: "the input's \(input.height)×\(input.width)", found: "\(crop)")
        }
        guard mean.count == 3, std.count == 3, std.allSatisfy({ $0 > 0 }) else {
            throw ModelFormatError.member(
                path: "preprocessing", expected: "three means and three positive standard deviations",
                found: "\(mean) and \(std)")
        }
    }
}

/// Where a model's weights come from.
public struct Provenance: Equatable, Sendable {
    /// The checkpoint's file name.
    public var source: String
    /// The checkpoint's SHA-256, 64 lower-case hex digits.
    public var sourceSHA256: String
    /// The program that converted it, with its version.
    public var converter: String

    public init(source: String, sourceSHA256: String, converter: String) {
        self.source = source
        self.sourceSHA256 = sourceSHA256
        self.converter = converter
    }
}

/// What the source network answers to the input that `SplitMix64(seed:)` gives, so that any machine can prove that it
/// computes the same network.
public struct SampleAnswers: Equatable, Sendable {
    /// Seeds the input: each element, in `[3, H, W]` order, is the generator's next normal-ranged float in `-2..<2`.
    public var seed: UInt64
    /// The largest accepted difference, relative to the largest logit.
    public var tolerance: Float
    /// `[classes]`, by an evaluator that shares no code with the runtime.
    public var logits: [Float]

    public init(seed: UInt64, tolerance: Float, logits: [Float]) {
        self.seed = seed
        self.tolerance = tolerance
        self.logits = logits
    }
}
