import Foundations

/// A network without weights: the same graph as in a model file, as plain JSON, so that latency can be measured before
/// anything has been trained.
public enum ArchitectureFile {
    static let format = "condensenet-architecture"

    /// Whether `bytes` are JSON text rather than a model file.
    public static func recognizes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        // The header length of a safetensors file is smaller than the file; eight bytes of text make a huge number.
        if let length = SafetensorsHeader.headerLength(bytes), length <= UInt64(bytes.count) { return false }
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
        let version = try members.version(format: format)
        let description = try ModelDescription(architecture: members, version: version)
        try description.validate()
        return description
    }

    /// The text of an architecture file.
    ///
    /// - Precondition: `description` has passed `validate`.
    public static func text(_ description: ModelDescription) -> String {
        let members: [JSONValue.Member] = [
            .init("format", .string(format)), .init("version", .string(ModelFile.version)),
        ]
        return JSONValue.object(members + description.architectureMembers).text(expandedLevels: 3) + "\n"
    }
}
