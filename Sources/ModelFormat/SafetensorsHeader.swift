/// How a tensor's elements are stored.
public enum ElementType: String, Sendable {
    case float32 = "F32"
    case float16 = "F16"
    case int32 = "I32"

    /// Bytes of one element.
    public var size: Int { self == .float16 ? 2 : 4 }
}

/// A tensor's place in a file.
struct TensorEntry: Equatable, Sendable {
    let name: String
    let elementType: ElementType
    let shape: [Int]
    /// Byte offset from the start of the file.
    let offset: Int
    /// Elements.
    let count: Int
}

/// The header of a safetensors file, proven to describe its data section without hole, overlap or trailing bytes.
struct SafetensorsHeader {
    let metadata: [JSONValue.Member]
    let tensors: [TensorEntry]

    /// The alignment of the data section from the start of the file.
    static let dataAlignment = 64

    /// The length of the JSON header, when `file` begins as a safetensors file does.
    static func headerLength(_ file: UnsafeRawBufferPointer) -> UInt64? {
        guard file.count >= 10, file[8] == UInt8(ascii: "{") else { return nil }
        return UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    }

    /// - Throws: `ModelFormatError` naming the tensor or byte offset at fault.
    init(_ file: UnsafeRawBufferPointer) throws {
        guard let declared = Self.headerLength(file) else {
            throw ModelFormatError.notAModel(found: file.isEmpty ? "an empty file" : "a file of another kind")
        }
        guard let length = Int(exactly: declared), length <= FormatLimits.headerBytes else {
            throw ModelFormatError.limit(
                what: "bytes of the header", found: Int(clamping: declared), limit: FormatLimits.headerBytes)
        }
        guard length <= file.count - 8 else {
            throw ModelFormatError.length(expected: 8 + length, found: file.count)
        }
        let text = UnsafeRawBufferPointer(rebasing: file[8..<(8 + length)])
        let json = try JSONReader.parse(text, source: "header", baseOffset: 8)
        guard case .object(let members) = json else {
            throw ModelFormatError.member(path: "header", expected: "an object", found: json.kind)
        }
        guard members.count <= FormatLimits.tensors + 1 else {
            throw ModelFormatError.limit(
                what: "tensors of the file", found: members.count, limit: FormatLimits.tensors)
        }
        guard let first = members.first, first.name == "__metadata__", case .object(let metadata) = first.value else {
            throw ModelFormatError.notAModel(found: "a safetensors file without leading metadata")
        }
        self.metadata = metadata
        var end = 0
        let dataStart = 8 + length
        tensors = try members.dropFirst().map { member in
            try Self.entry(member, dataStart: dataStart, dataCount: file.count - dataStart, end: &end)
        }
        guard dataStart + end == file.count else {
            throw ModelFormatError.length(expected: dataStart + end, found: file.count)
        }
    }

    private static func entry(
        _ member: JSONValue.Member, dataStart: Int, dataCount: Int, end: inout Int
    ) throws -> TensorEntry {
        func failure(_ expected: String, _ found: String) -> ModelFormatError {
            .tensor(name: member.name, expected: expected, found: found)
        }
        var fields = try JSONMembers(member.value, path: member.name)
        let word = try fields.string("dtype")
        guard let elementType = ElementType(rawValue: word) else {
            throw failure("element type F32, F16 or I32", "\"\(word)\"")
        }
        let shape = try fields.integers("shape")
        let offsets = try fields.integers("data_offsets", count: 2)
        try fields.finish()
        guard shape.count <= FormatLimits.rank, shape.allSatisfy({ $0 > 0 }) else {
            throw failure("at most \(FormatLimits.rank) dimensions, all positive", "\(shape)")
        }
        var byteCount = elementType.size
        for dimension in shape {
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: dimension)
            guard !overflow, product <= FormatLimits.fileBytes else {
                throw failure("at most \(FormatLimits.fileBytes) bytes", "shape \(shape)")
            }
            byteCount = product
        }
        guard offsets[0] == end else {
            throw failure("data at offset \(end), after the tensor before", "\(offsets[0])")
        }
        guard offsets[1] == end + byteCount else {
            throw failure("data up to offset \(end + byteCount)", "\(offsets[1])")
        }
        guard offsets[1] <= dataCount else {
            throw ModelFormatError.length(expected: dataStart + offsets[1], found: dataStart + dataCount)
        }
        end = offsets[1]
        return TensorEntry(
            name: member.name, elementType: elementType, shape: shape, offset: dataStart + offsets[0],
            count: byteCount / elementType.size)
    }
}
