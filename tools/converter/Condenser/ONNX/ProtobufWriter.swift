/// Writes Protocol Buffers' wire format: fields one after the other, in the order of the calls.
///
/// Source: the encoding guide of Protocol Buffers; only what ONNX needs, that is varints and length-delimited fields.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    /// - Parameter capacity: bytes to expect, so that a large message grows in place.
    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    private enum WireType: Int { case varint = 0, lengthDelimited = 2 }

    /// An `int32`, `int64` or `enum` field.
    mutating func integer(_ field: Int, _ value: Int) {
        key(field, .varint)
        bytes += Self.varint(UInt64(bitPattern: Int64(value)))
    }

    /// A `string` field.
    mutating func string(_ field: Int, _ text: String) {
        key(field, .lengthDelimited)
        bytes += Self.varint(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    /// A `bytes` field; elements are little-endian, as every machine that builds this is.
    mutating func raw(_ field: Int, _ content: UnsafeRawBufferPointer) {
        key(field, .lengthDelimited)
        bytes += Self.varint(UInt64(content.count))
        bytes += content
    }

    /// A field that is itself a message: `body` writes its fields.
    ///
    /// The message is written in place and its length put before it afterwards, so that weights are never held twice.
    mutating func message(_ field: Int, _ body: (inout ProtobufWriter) throws -> Void) rethrows {
        key(field, .lengthDelimited)
        let start = bytes.count
        try body(&self)
        bytes.insert(contentsOf: Self.varint(UInt64(bytes.count - start)), at: start)
    }

    private mutating func key(_ field: Int, _ type: WireType) {
        bytes += Self.varint(UInt64(field << 3 | type.rawValue))
    }

    /// Seven bits a byte, the lowest first; all bytes but the last have their top bit set.
    static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        return bytes
    }
}
