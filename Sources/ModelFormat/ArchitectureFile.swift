/// A network without weights: the same graph as in a model file, as plain JSON, so that latency can be measured before
/// anything has been trained.
public enum ArchitectureFile {
    static let format = "condensenet-architecture"

    /// Whether `bytes` are JSON text rather than a model file.
    public static func recognizes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard SafetensorsHeader.headerLength(bytes).map({ $0 > UInt64(bytes.count) }) ?? true else { return false }
        return bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "{")
    }

    /// Parses and validates an architecture file.
    ///
    /// - Throws: `ModelFormatError`.
    public static func parse(_ bytes: UnsafeRawBufferPointer) throws -> ModelDescription {
        guard bytes.count <= FormatLimits.headerBytes else {
            throw ModelFormatError.limit(
                what: "bytes of the architecture file", found: bytes.count, limit: FormatLimits.headerBytes)
        }
        let json = try JSONReader.parse(bytes, source: "architecture")
        var members = try JSONMembers(json, path: "architecture")
        let found = try members.string("format")
        guard found == format else { throw ModelFormatError.notAModel(found: "format \"\(found)\"") }
        let version = try members.string("version")
        guard version == ModelFile.version else {
            throw ModelFormatError.version(found: version, supported: ModelFile.version)
        }
        let description = ModelDescription(
            name: try members.string("name"),
            graph: try Graph(json: try members.value("graph"), path: "graph"),
            preprocessing: try Preprocessing(json: try members.value("preprocessing"), path: "preprocessing"),
            labels: try ModelDescription.labels(try members.value("labels")))
        try members.finish()
        try description.validate()
        return description
    }

    /// The text of an architecture file.
    public static func text(_ description: ModelDescription) -> String {
        let members: [JSONValue.Member] = [
            .init("format", .string(format)), .init("version", .string(ModelFile.version)),
        ]
        return JSONValue.object(members + description.architectureMembers).text(expandedLevels: 3) + "\n"
    }
}
