import Foundations

/// Where a model's weights come from.
public struct Provenance: Equatable, Sendable {
    /// The checkpoint's file name.
    public var source: String
    /// The checkpoint's SHA-256, 64 lower-case hex digits.
    public var sourceSHA256: String
    /// The program that converted it, with its version.
    public var converter: String

    /// A statement that `ModelDescription.validate` checks for form alone.
    public init(source: String, sourceSHA256: String, converter: String) {
        self.source = source
        self.sourceSHA256 = sourceSHA256
        self.converter = converter
    }

    func validate() throws {
        let isDigest = sourceSHA256.utf8.count == 64 && sourceSHA256.utf8.allSatisfy("0123456789abcdef".utf8.contains)
        guard isDigest else {
            throw JSONError.member(
                path: "provenance.sourceSHA256", expected: "64 lower-case hex digits", found: "\"\(sourceSHA256)\"")
        }
    }
}
