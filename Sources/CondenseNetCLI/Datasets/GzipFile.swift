import CZlib
import Glibc
import ModelFormat

/// Reads whole files, gzip-compressed or not.
enum GzipFile {
    /// The file's content, inflated if it is compressed.
    ///
    /// - Throws: `CommandFailure` when the file is missing, damaged, or beyond `limit` bytes inflated.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let storage = try reporting(path) { try FileInput.read(path, limit: limit) }
        return try withExtendedLifetime(storage) {
            let bytes = storage.bytes
            return bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
                ? try inflated(bytes, path: path, limit: limit) : [UInt8](bytes)
        }
    }

    private static func inflated(
        _ compressed: UnsafeMutableRawBufferPointer, path: String, limit: Int
    ) throws -> [UInt8] {
        var stream = z_stream()
        guard
            inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw CommandFailure(.internal, "\(path): zlib cannot start") }
        defer { inflateEnd(&stream) }
        stream.next_in = compressed.baseAddress!.assumingMemoryBound(to: UInt8.self)
        stream.avail_in = UInt32(compressed.count)
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let (status, produced) = chunk.withUnsafeMutableBufferPointer { buffer in
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(buffer.count)
                let status = CZlib.inflate(&stream, Z_NO_FLUSH)
                return (status, buffer.count - Int(stream.avail_out))
            }
            content += chunk[..<produced]
            guard content.count <= limit else {
                throw CommandFailure(.badData, "\(path): expected at most \(limit) bytes, found more")
            }
            if status == Z_STREAM_END {
                // Another member, or zeros that fill up a block, may follow (RFC 1952, 2.2).
                let rest = UnsafeRawBufferPointer(start: stream.next_in, count: Int(stream.avail_in))
                if rest.allSatisfy({ $0 == 0 }) { return content }
                guard rest.starts(with: [0x1F, 0x8B]) else {
                    throw CommandFailure(.badData, "\(path): expected the end of the gzip data, found other bytes")
                }
                inflateReset(&stream)
                continue
            }
            guard status == Z_OK else {
                let reason = stream.avail_in == 0 ? "the gzip data end early" : "the gzip data are damaged"
                throw CommandFailure(.badData, "\(path): \(reason)")
            }
        }
    }
}
