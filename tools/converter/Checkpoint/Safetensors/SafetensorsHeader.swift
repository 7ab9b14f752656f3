import Foundations

/// The header of a safetensors file: for each tensor its type, shape and place.
///
/// Source: the safetensors format description, <https://github.com/huggingface/safetensors>.
struct SafetensorsHeader {
    /// In the header's order. Names are unique.
    let tensors: [Entry]
    /// What the metadata call the file's format, where that is a name: `pt` in PyTorch's files.
    let format: String?

    struct Entry {
        let name: String
        let dtype: String
        let shape: [Int]
        /// Where the data lie, counted from the end of the header.
        let begin: Int
        let end: Int
    }

    /// - Parameter json: what follows the eight bytes of its length in the file at `place`.
    init(_ json: ArraySlice<UInt8>, at place: CheckpointLocation, limits: CheckpointLimits) throws {
        let header: JSONValue
        do {
            header = try json.withUnsafeBytes { try JSONReader.parse($0, source: "header", baseOffset: 8) }
        } catch JSONError.syntax(_, let offset, let reason) {
            throw CheckpointError.safetensors(.syntax(reason), at: place.byte(offset))
        }
        let members = try Self.members(header, "an object of tensors", at: place.byte(8))
        var tensors: [Entry] = []
        var format: String?
        for member in members {
            if member.name == "__metadata__" {
                for field in try Self.members(member.value, "an object of texts", at: place.byte(8)) {
                    guard case .string(let text) = field.value else {
                        throw Self.fault("texts as metadata", field.value, at: place.byte(8))
                    }
                    if field.name == "format" { format = try? Self.name(text, limits, at: place) }
                }
                continue
            }
            guard tensors.count < limits.tensors else {
                throw CheckpointError.overLimit(
                    .tensors, limit: limits.tensors, found: tensors.count + 1, at: place.byte(8))
            }
            tensors.append(try Self.entry(member, limits, at: place))
        }
        self.tensors = tensors
        self.format = format
    }

    private static func entry(
        _ member: JSONValue.Member, _ limits: CheckpointLimits, at place: CheckpointLocation
    ) throws -> Entry {
        let name = try name(member.name, limits, at: place.byte(8))
        let here = place.tensor(name)
        let fields = try members(member.value, "an object with dtype, shape and data_offsets", at: here)
        func required(_ field: String) throws -> JSONValue {
            guard let value = fields.first(where: { $0.name == field })?.value else {
                throw CheckpointError.safetensors(.missingField(field), at: here)
            }
            return value
        }
        if let other = fields.first(where: { !["dtype", "shape", "data_offsets"].contains($0.name) }) {
            throw fault("dtype, shape or data_offsets", .string(other.name), at: here)
        }
        let dtype = try required("dtype")
        guard case .string(let type) = dtype else { throw fault("a dtype", dtype, at: here) }
        let (shape, offsets) = (try required("shape"), try required("data_offsets"))
        let range = try numbers(offsets, at: here)
        guard range.count == 2 else { throw fault("two data offsets", .integer(range.count), at: here) }
        return Entry(
            name: name, dtype: try Self.name(type, limits, at: here), shape: try numbers(shape, at: here),
            begin: range[0], end: range[1])
    }

    private static func members(
        _ value: JSONValue, _ expected: String, at place: CheckpointLocation
    ) throws -> [JSONValue.Member] {
        guard case .object(let members) = value else { throw fault(expected, value, at: place) }
        return members
    }

    private static func numbers(_ value: JSONValue, at place: CheckpointLocation) throws -> [Int] {
        guard let elements = value.elements else { throw fault("a list of whole numbers", value, at: place) }
        return try elements.map {
            guard let number = $0.integer, number >= 0 else {
                throw fault("a whole number of at most 63 bits", $0, at: place)
            }
            return number
        }
    }

    private static func name(
        _ text: String, _ limits: CheckpointLimits, at place: CheckpointLocation
    ) throws -> String {
        try Array(text.utf8)[...].name(limits: limits, at: place)
    }

    private static func fault(
        _ expected: String, _ found: JSONValue, at place: CheckpointLocation
    ) -> CheckpointError {
        .safetensors(.field(expected: expected, found: printable(found.summary)), at: place)
    }
}
