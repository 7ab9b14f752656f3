import Testing

@testable import Condenser

/// The wire format's corners.
struct ONNXProtobufWriterTests {
    @Test(
        arguments: [
            (0, [0]), (1, [1]), (127, [127]), (128, [0x80, 1]), (300, [0xAC, 2]), (16_383, [0xFF, 0x7F]),
            (16_384, [0x80, 0x80, 1]), (.max, [UInt8](repeating: 0xFF, count: 8) + [0x7F]),
            (-1, [UInt8](repeating: 0xFF, count: 9) + [1]),
        ] as [(Int, [UInt8])]) func varint(value: Int, bytes: [UInt8])
    {
        #expect(ProtobufWriter.varint(UInt64(bitPattern: Int64(value))) == bytes)
    }

    @Test func fields() {
        var writer = ProtobufWriter(capacity: 0)
        writer.integer(1, 150)
        writer.string(2, "testing")
        [Int32(258)].withUnsafeBytes { writer.raw(16, $0) }
        #expect(
            writer.bytes == [0x08, 0x96, 0x01, 0x12, 0x07] + Array("testing".utf8) + [0x82, 0x01, 4, 2, 1, 0, 0])
    }

    @Test(arguments: [0, 1, 127, 128, 20_000]) func lengthOfAMessageComesBeforeIt(count: Int) {
        var writer = ProtobufWriter(capacity: 0)
        writer.integer(1, 7)
        writer.message(3) { message in
            [UInt8](repeating: 9, count: count).withUnsafeBytes { message.raw(4, $0) }
        }
        writer.integer(1, 8)
        var content: [UInt8] = [0x22]
        content += ProtobufWriter.varint(UInt64(count))
        content += [UInt8](repeating: 9, count: count)
        var expected: [UInt8] = [0x08, 7, 0x1A]
        expected += ProtobufWriter.varint(UInt64(content.count))
        expected += content
        expected += [0x08, 8]
        #expect(writer.bytes == expected)
    }
}
