import CZlib
import ModelFormat

/// Names a file's content.
enum FileChecksum {
    /// The CRC-32 of the file at `path`, eight hex digits.
    static func crc32(_ path: String) throws -> String {
        let storage = try FileInput.read(path, limit: FormatLimits.fileBytes)
        let value = withExtendedLifetime(storage) {
            CZlib.crc32_z(
                0, storage.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), storage.bytes.count)
        }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
