import CZlib

/// The CRC-32 of gzip, zip and PNG.
package struct CRC32 {
    /// The checksum of all bytes so far.
    package private(set) var value: UInt32 = 0

    package init() {}

    /// The checksum of `bytes`.
    package init(_ bytes: UnsafeRawBufferPointer) { add(bytes) }

    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        value = UInt32(
            truncatingIfNeeded: crc32_z(UInt(value), start.assumingMemoryBound(to: UInt8.self), bytes.count))
    }

    /// Eight lower-case hex digits.
    package var digits: String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
    }
}
