import Foundations

/// Everything a model file says besides its weights.
public struct ModelDescription: Equatable, Sendable {
    /// The network's name, as tables show it.
    public var name: String
    /// The network.
    public var graph: Graph
    /// Whether values and weights are signed bytes, all sums integers; see `Graph.validateQuantized`.
    public var isQuantized: Bool
    /// How an image becomes the network's input.
    public var preprocessing: Preprocessing
    /// One label a class, or none.
    public var labels: [String]
    /// Where the weights come from; `nil` in architecture files.
    public var provenance: Provenance?
    /// The source network's answers to a seeded input; `nil` in architecture files.
    public var sample: SampleAnswers?

    /// A description; `validate` says whether its parts fit each other.
    public init(
        name: String, graph: Graph, isQuantized: Bool = false, preprocessing: Preprocessing, labels: [String] = [],
        provenance: Provenance? = nil, sample: SampleAnswers? = nil
    ) {
        self.name = name
        self.graph = graph
        self.isQuantized = isQuantized
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
        if isQuantized { try graph.validateQuantized() }
        guard labels.isEmpty || labels.count == classes else {
            throw JSONError.member(
                path: "labels", expected: "\(classes) labels, one a class", found: "\(labels.count)")
        }
        try checkText()
        try preprocessing.validate(for: inputShape)
        try provenance?.validate()
        try sample?.validate(classes: classes)
        return multiplyAccumulates
    }

    /// Text for people may be anything that a terminal can show and a reader of the file takes.
    private func checkText() throws {
        func check(_ path: String, _ text: String) throws {
            guard text.isPrintable else {
                throw JSONError.member(
                    path: path, expected: "text without control characters", found: "\"\(text)\"")
            }
            guard text.utf8.count <= FormatLimits.textBytes else {
                throw ModelFormatError.limit(
                    what: "bytes of \(path)", found: text.utf8.count, limit: FormatLimits.textBytes)
            }
            guard text.isStreamSafe else {
                throw JSONError.member(
                    path: path, expected: "text", found: "more than 30 combining characters in a row")
            }
        }
        try check("name", name)
        for (position, label) in labels.enumerated() { try check("labels[\(position)]", label) }
        if let provenance {
            try check("provenance.source", provenance.source)
            try check("provenance.converter", provenance.converter)
        }
    }
}
