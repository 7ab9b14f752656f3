/// A safetensors file, read strictly: the tensors' data follow each other without hole or overlap to the file's end.
enum SafetensorsCheckpoint {
    static func load(
        _ bytes: ArraySlice<UInt8>, at place: CheckpointLocation, limits: CheckpointLimits, weights: String?
    ) throws -> StateDict.Resolved {
        var reader = ByteReader(bytes, at: place)
        let length: UInt64 = try reader.integer()
        guard length <= UInt64(reader.remaining) else {
            throw CheckpointError.safetensors(.headerLength(length, available: reader.remaining), at: place.byte(0))
        }
        guard length <= UInt64(limits.headerBytes) else {
            throw CheckpointError.overLimit(
                .headerBytes, limit: limits.headerBytes, found: Int(length), at: place.byte(0))
        }
        let header = try SafetensorsHeader(try reader.take(Int(length)), at: place, limits: limits)
        let data = try reader.take(reader.remaining)
        guard !header.tensors.isEmpty else { throw CheckpointError.stateDict(.notFound(keys: []), at: place) }
        try checkAdjacent(header.tensors, dataLength: data.count, at: place)

        var slices: [String: ArraySlice<UInt8>] = [:]
        let references = try header.tensors.map { entry in
            slices[entry.name] = data.dropFirst(entry.begin).prefix(entry.end - entry.begin)
            return (name: entry.name, tensor: try reference(entry, limits, at: place.tensor(entry.name)))
        }
        var state = try StateDict(references).resolve(limits: limits, at: place) { slices[$0.key] }
        state.format = header.format
        return state
    }

    /// Proves that the data cover the file: sorted by place, each tensor begins where the one before it ends.
    private static func checkAdjacent(
        _ tensors: [SafetensorsHeader.Entry], dataLength: Int, at place: CheckpointLocation
    ) throws {
        var end = 0
        for tensor in tensors.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            let here = place.tensor(tensor.name)
            guard tensor.begin <= tensor.end else {
                throw CheckpointError.safetensors(.offsets(begin: tensor.begin, end: tensor.end), at: here)
            }
            guard tensor.begin == end else {
                throw CheckpointError.safetensors(.notAdjacent(expected: end, found: tensor.begin), at: here)
            }
            end = tensor.end
        }
        guard end == dataLength else {
            throw CheckpointError.safetensors(.dataLength(expected: end, found: dataLength), at: place)
        }
    }

    private static func reference(
        _ entry: SafetensorsHeader.Entry, _ limits: CheckpointLimits, at place: CheckpointLocation
    ) throws -> TensorReference {
        guard entry.shape.count <= limits.rank else {
            throw CheckpointError.overLimit(.rank, limit: limits.rank, found: entry.shape.count, at: place)
        }
        guard let scalar = scalars[entry.dtype] else {
            throw CheckpointError.safetensors(.elementType(entry.dtype), at: place)
        }
        // Strides from the innermost dimension outwards; each is the number of elements inside its dimension.
        var strides: [Int] = []
        var count = 1
        for dimension in entry.shape.reversed() {
            strides.insert(count, at: 0)
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw CheckpointError.safetensors(.shapeOverflow, at: place) }
            count = product
        }
        let (expected, overflow) = count.multipliedReportingOverflow(by: scalar.size)
        guard !overflow else { throw CheckpointError.safetensors(.shapeOverflow, at: place) }
        guard expected == entry.end - entry.begin else {
            throw CheckpointError.safetensors(
                .byteCount(expected: expected, found: entry.end - entry.begin), at: place)
        }
        return TensorReference(
            storage: StorageReference(scalar: scalar, key: entry.name, count: count), scalar: scalar, offset: 0,
            shape: entry.shape, strides: strides)
    }

    private static let scalars: [String: ScalarType] = [
        "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16",
        "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8", "U8": "uint8", "BOOL": "bool",
        "U64": "uint64", "U32": "uint32", "U16": "uint16", "C64": "complex64",
        "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2",
    ].compactMapValues(ScalarType.dtype)
}
