import ModelFormat

extension ModelDescription {
    /// What an architecture file says of a design.
    ///
    /// Labels are left out: without weights no answer means anything.
    ///
    /// - Parameter name: the network's name; `nil` for the usual one.
    /// - Throws: `ConversionError` where the design is none, `ModelFormatError` where its graph exceeds a limit.
    public static func architecture(
        _ design: NetworkSpecification, name: String? = nil
    ) throws -> (description: ModelDescription, architecture: Architecture) {
        let architecture = try Architecture(design)
        var options = PreprocessingOptions()
        options.dataset = design.dataset
        options.interpolation = CondenseNetV2Variant(architecture)?.interpolation
        let description = ModelDescription(
            name: name ?? architecture.name, graph: Graph(architecture),
            preprocessing: try options.resolve(architecture).preprocessing)
        try description.validate()
        return (description, architecture)
    }

    /// What an architecture file says of a network that CondenseNets are compared with, for ImageNet's images unless
    /// `dataset` says otherwise.
    ///
    /// - Parameter name: the network's name; `nil` for the usual one.
    /// - Throws: `ConversionError` for an unfit input size, `ModelFormatError` where the graph exceeds a limit.
    public static func architecture(
        _ network: SourceNetwork, dataset: Dataset? = nil, name: String? = nil
    ) throws -> ModelDescription {
        var options = PreprocessingOptions()
        options.dataset = dataset
        let description = ModelDescription(
            name: name ?? network.name, graph: try Graph(network),
            preprocessing: try options.resolve(inputSize: network.inputSize, classes: network.classes).preprocessing)
        try description.validate()
        return description
    }
}
