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
        let description = ModelDescription(
            name: name ?? architecture.name, graph: Graph(architecture),
            preprocessing: try options.resolve(architecture).preprocessing)
        try description.validate()
        return (description, architecture)
    }
}
