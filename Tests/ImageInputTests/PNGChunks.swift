import TestSupport

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
