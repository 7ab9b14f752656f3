import Foundations

/// The header of a model file, proven to describe its data section without hole, overlap or trailing bytes.
struct SafetensorsHeader {
    /// What `__metadata__` holds besides checksum, format and version.
    let metadata: JSONMembers
    let version: FormatVersion
    let tensors: [TensorEntry]

    /// The alignment of the data section from the start of the file.
    static let dataAlignment = 64

    /// The length of the JSON header, when `file` begins as a safetensors file does.
    static func headerLength(_ file: UnsafeRawBufferPointer) -> UInt64? {
        guard file.count >= 10, file[8] == UInt8(ascii: "{") else { return nil }
        return UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    }

    /// What a file that is not safetensors may be.
    private static func kind(_ file: UnsafeRawBufferPointer) -> String {
        let (zip, pickle): ([UInt8], [UInt8]) = (Array("PK".utf8), [0x80, 0x02])
        if file.isEmpty { return "an empty file" }
        return file.starts(with: zip) || file.starts(with: pickle)
            ? "what may be a PyTorch checkpoint, which condensenet-convert makes a model of" : "a file of another kind"
    }

    /// - Throws: `ModelFormatError` naming the tensor or byte offset at fault.
    init(_ file: UnsafeRawBufferPointer) throws {
        guard let declared = Self.headerLength(file) else {
            throw ModelFormatError.notAModel(found: Self.kind(file))
        }
        guard let length = Int(exactly: declared), length <= FormatLimits.headerBytes else {
            throw ModelFormatError.limit(
                what: "bytes of the header", found: Int(clamping: declared), limit: FormatLimits.headerBytes)
        }
        let dataStart = 8 + length
        guard dataStart <= file.count else {
            throw ModelFormatError.length(expected: dataStart, found: file.count)
        }
        let text = UnsafeRawBufferPointer(rebasing: file[8..<dataStart])
        guard Checksum.isPresent(in: text) else {
            throw ModelFormatError.notAModel(found: "a safetensors file that the converter did not write")
        }
        guard dataStart.isMultiple(of: Self.dataAlignment) else {
            throw JSONError.member(
                path: "header", expected: "spaces up to a multiple of \(Self.dataAlignment) bytes",
                found: "data from offset \(dataStart)")
        }
        let json = try JSONReader.parse(text, source: "header", baseOffset: 8)
        guard case .object(let members) = json, let first = members.first else {
            throw JSONError.member(path: "header", expected: "an object with members", found: json.summary)
        }
        (metadata, version) = try Self.identified(first.value)
        guard members.count - 1 <= FormatLimits.tensors else {
            throw ModelFormatError.limit(
                what: "tensors of the file", found: members.count - 1, limit: FormatLimits.tensors)
        }
        var end = 0
        tensors = try members.dropFirst().map { try TensorEntry($0, dataStart: dataStart, end: &end) }
        guard dataStart + end == file.count else {
            throw ModelFormatError.length(expected: dataStart + end, found: file.count)
        }
    }

    /// The metadata behind checksum, format and version, which come first so that any other version is known as such.
    private static func identified(_ metadata: JSONValue) throws -> (JSONMembers, FormatVersion) {
        var members = try JSONMembers(metadata, path: "metadata")
        _ = try members.string("crc32")
        let version = try members.version(format: ModelFile.format)
        return (members, version)
    }
}

extension JSONMembers {
    /// Reads members `format` and `version` and throws unless this program reads both.
    mutating func version(format: String) throws -> FormatVersion {
        let found = try identifier("format")
        guard found == format else { throw ModelFormatError.notAModel(found: "format \"\(found)\"") }
        let word = try identifier("version")
        guard let version = FormatVersion(rawValue: word) else {
            throw ModelFormatError.version(
                found: word, supported: FormatVersion.allCases.map(\.rawValue).joined(separator: " or "))
        }
        return version
    }
}
