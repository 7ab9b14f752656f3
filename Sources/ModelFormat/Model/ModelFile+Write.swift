import Foundations

extension ModelFile {
    /// The bytes of a model file: the same bytes for the same description and tensors.
    ///
    /// Tensors keep their order, those of four-byte elements before those of two and of one, so that each is aligned to its
    /// elements.
    ///
    /// - Precondition: `description` has provenance and sample answers.
    /// - Throws: `ModelFormatError` when the result would not load again.
    public static func bytes(_ description: ModelDescription, tensors: [TensorData]) throws -> [UInt8] {
        // Before anything is written: JSON has no words for what is not finite.
        try description.validate()
        let identity: [JSONValue.Member] = [
            .init("crc32", "00000000"), .init("format", .string(format)), .init("version", .string(version)),
        ]
        var members: [JSONValue.Member] = [
            .init("__metadata__", .object(identity + description.metadataMembers))
        ]
        let ordered = [4, 2, 1].flatMap { size in tensors.filter { $0.elementType.size == size } }
        var end = 0
        for tensor in ordered {
            let start = end
            end += tensor.count * tensor.elementType.size
            members.append(.init(tensor.name, tensor.header(start: start, end: end)))
        }
        var header = Array(JSONValue.object(members).text().utf8)
        let alignment = SafetensorsHeader.dataAlignment
        while (8 + header.count) % alignment != 0 { header.append(UInt8(ascii: " ")) }

        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + header.count + end)
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes += $0 }
        bytes += header
        for tensor in ordered { tensor.append(to: &bytes) }
        let digits = bytes.withUnsafeBytes { Checksum.compute($0) }
        bytes.replaceSubrange(Checksum.digits, with: digits.utf8)
        _ = try ModelFile(bytes: bytes)
        return bytes
    }
}

extension TensorData {
    fileprivate func header(start: Int, end: Int) -> JSONValue {
        [
            "dtype": .string(elementType.rawValue),
            "shape": .array(shape.map(JSONValue.integer)),
            "data_offsets": [.integer(start), .integer(end)],
        ]
    }
}
