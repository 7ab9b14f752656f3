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

    init(_ json: ArraySlice<UInt8>, at place: CheckpointLocation, limits: CheckpointLimits) throws {
        var scanner = JSONScanner(json, at: place, origin: 8)
        var tensors: [Entry] = []
        var format: String?
        try scanner.object { key, scanner in
            if key.equals("__metadata__") {
                try scanner.object { field, scanner in
                    let place = scanner.here
                    let text = try scanner.string()
                    if field.equals("format") { format = try? text.name(limits: limits, at: place) }
                }
                return
            }
            guard tensors.count < limits.tensors else {
                throw CheckpointError.overLimit(
                    .tensors, limit: limits.tensors, found: tensors.count + 1, at: scanner.here)
            }
            let name = try key.name(limits: limits, at: scanner.here)
            tensors.append(try Self.entry(name, &scanner, limits))
        }
        try scanner.expectEnd()
        self.tensors = tensors
        self.format = format
    }

    private static func entry(
        _ name: String, _ scanner: inout JSONScanner, _ limits: CheckpointLimits
    ) throws -> Entry {
        let place = scanner.here
        var dtype: String?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { field, scanner in
            if field.equals("dtype") {
                dtype = try scanner.string().name(limits: limits, at: place)
            } else if field.equals("shape") {
                shape = try scanner.numbers()
            } else if field.equals("data_offsets") {
                offsets = try scanner.numbers()
            } else {
                throw scanner.fault(expected: "dtype, shape or data_offsets", found: "\"\(printable(field))\"")
            }
        }
        func required<T>(_ value: T?, _ field: String) throws -> T {
            guard let value else { throw CheckpointError.safetensors(.missingField(field), at: place) }
            return value
        }
        let range = try required(offsets, "data_offsets")
        guard range.count == 2 else {
            throw CheckpointError.safetensors(
                .syntax(expected: "two data offsets", found: "\(range.count)"), at: place)
        }
        return Entry(
            name: name, dtype: try required(dtype, "dtype"), shape: try required(shape, "shape"), begin: range[0],
            end: range[1])
    }
}
