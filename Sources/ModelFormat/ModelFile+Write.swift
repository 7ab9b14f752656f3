/// A tensor to be written.
public struct TensorData: Sendable {
    /// A tensor's elements.
    public enum Elements: Sendable {
        case float32([Float])
        /// Bit patterns of IEEE 754 binary16.
        case float16([UInt16])
        case int32([Int32])
    }

    public let name: String
    public let shape: [Int]
    public let elements: Elements

    public init(name: String, shape: [Int], elements: Elements) {
        self.name = name
        self.shape = shape
        self.elements = elements
    }

    fileprivate var elementType: ElementType {
        switch elements {
        case .float32: .float32
        case .float16: .float16
        case .int32: .int32
        }
    }

    fileprivate func append(to bytes: inout [UInt8]) {
        func add<Element>(_ elements: [Element]) { elements.withUnsafeBytes { bytes += $0 } }
        switch elements {
        case .float32(let floats): add(floats)
        case .float16(let halves): add(halves)
        case .int32(let indices): add(indices)
        }
    }
}

extension ModelFile {
    /// The bytes of a model file: the same bytes for the same description and tensors.
    ///
    /// Tensors keep their order, those of four-byte elements before those of two, so that each is aligned to its elements.
    ///
    /// - Precondition: `description` has provenance and sample answers, and every tensor's shape fits its elements.
    /// - Throws: `ModelFormatError` when the result would not load again.
    public static func bytes(_ description: ModelDescription, tensors: [TensorData]) throws -> [UInt8] {
        guard let provenance = description.provenance, let sample = description.sample else {
            preconditionFailure("a model file states where its weights come from and what they answer")
        }
        var metadata: [JSONValue.Member] = [
            .init("crc32", "00000000"), .init("format", .string(format)), .init("version", .string(version)),
        ]
        for member in description.architectureMembers {
            metadata.append(.init(member.name, member.name == "name" ? member.value : .string(member.value.text())))
        }
        metadata.append(.init("provenance", .string(provenance.json.text())))
        metadata.append(.init("sample", .string(sample.json.text())))

        let ordered = tensors.filter { $0.elementType.size == 4 } + tensors.filter { $0.elementType.size == 2 }
        var members: [JSONValue.Member] = [.init("__metadata__", .object(metadata))]
        var end = 0
        for tensor in ordered {
            let start = end
            end += tensor.shape.reduce(tensor.elementType.size, *)
            members.append(
                .init(
                    tensor.name,
                    [
                        "dtype": .string(tensor.elementType.rawValue),
                        "shape": .array(tensor.shape.map(JSONValue.integer)),
                        "data_offsets": [.integer(start), .integer(end)],
                    ]))
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

    /// Proves a copy of `bytes`.
    ///
    /// - Throws: `ModelFormatError`.
    public convenience init(bytes: [UInt8]) throws {
        let storage = try Storage(byteCount: bytes.count)
        storage.bytes.copyBytes(from: bytes)
        try self.init(storage)
    }
}
