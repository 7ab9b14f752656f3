/// A Protocol Buffers message, taken apart: the tests' own reader of what the exporter writes.
struct ONNXMessage {
    struct Malformed: Error { let offset: Int }

    private var integers: [Int: [Int]] = [:]
    private var sections: [Int: [[UInt8]]] = [:]

    /// - Throws: `Malformed` unless `bytes` are varint and length-delimited fields up to the last byte.
    init(_ bytes: some Collection<UInt8>) throws {
        var rest = bytes[...]
        func varint() throws -> Int {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                guard let byte = rest.popFirst() else { break }
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return Int(truncatingIfNeeded: value) }
            }
            throw Malformed(offset: bytes.count - rest.count)
        }
        while !rest.isEmpty {
            let key = try varint()
            switch key & 7 {
            case 0: integers[key >> 3, default: []].append(try varint())
            case 2:
                let count = try varint()
                guard count >= 0, count <= rest.count else { throw Malformed(offset: bytes.count - rest.count) }
                sections[key >> 3, default: []].append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            default: throw Malformed(offset: bytes.count - rest.count)
            }
        }
    }

    func integers(_ field: Int) -> [Int] { integers[field] ?? [] }

    func bytes(_ field: Int) -> [[UInt8]] { sections[field] ?? [] }

    func strings(_ field: Int) -> [String] { bytes(field).map { String(decoding: $0, as: UTF8.self) } }

    func messages(_ field: Int) throws -> [ONNXMessage] { try bytes(field).map { try ONNXMessage($0) } }
}
