/// The checksum of PNG chunks, for files that the tests patch.
func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { sum, byte in
        (0..<8).reduce(sum ^ UInt32(byte)) { bits, _ in bits >> 1 ^ (bits & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
}

/// `value` as four bytes, the highest first.
func bigEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

/// A PNG chunk with a right checksum.
func pngChunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let typed = Array(type.utf8) + data
    return bigEndian(UInt32(data.count)) + typed + bigEndian(crc32(typed))
}

/// `png` with other sides in its header, checksum included.
func patched(_ png: [UInt8], width: UInt32, height: UInt32) -> [UInt8] {
    Array(png[..<8]) + pngChunk("IHDR", bigEndian(width) + bigEndian(height) + png[24..<29]) + png[33...]
}
