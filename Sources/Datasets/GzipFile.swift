import CZlib
import Foundations
import Glibc
import ModelFormat

/// Reads whole files, gzip-compressed or not.
enum GzipFile {
    /// The file's content, inflated if it is compressed.
    ///
    /// - Throws: `DatasetError` when the file is missing, damaged, beyond `limit` bytes inflated, or beyond memory.
    static func read(_ path: String, limit: Int) throws -> Storage {
        do {
            let file = try FileInput.read(path, limit: limit)
            return try file.withUnsafeBytes { bytes in
                bytes.starts(with: magic) ? try inflated(bytes, path: path, limit: limit) : file
            }
        } catch let error as DatasetError {
            throw error
        } catch let error as any CategorizedError {
            throw DatasetError.file(path: path, cause: error)
        }
    }

    private static let magic: [UInt8] = [0x1F, 0x8B]

    /// Inflates twice, since only what comes out tells how much memory it takes.
    private static func inflated(_ compressed: UnsafeRawBufferPointer, path: String, limit: Int) throws -> Storage {
        var count = 0
        try inflate(compressed, path: path) { chunk in
            count += chunk.count
            guard count <= limit else {
                throw DatasetError.unexpected(path: path, expected: "at most \(limit) bytes", found: "more")
            }
        }
        let content = try Storage(byteCount: count)
        var rest = content.bytes[...]
        try inflate(compressed, path: path) { chunk in
            UnsafeMutableRawBufferPointer(rebasing: rest).copyMemory(from: chunk)
            rest = rest.dropFirst(chunk.count)
        }
        return content
    }

    /// Hands over the content in chunks.
    private static func inflate(
        _ compressed: UnsafeRawBufferPointer, path: String, to take: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var stream = z_stream()
        guard
            inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw ModelFormatError.memory(bytes: 1 << 16) }
        defer { inflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(mutating: compressed.baseAddress!.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(compressed.count)
        let chunk = try Storage(byteCount: 1 << 18)
        while true {
            stream.next_out = chunk.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(chunk.bytes.count)
            let status = CZlib.inflate(&stream, Z_NO_FLUSH)
            try chunk.withUnsafeBytes {
                try take(UnsafeRawBufferPointer(rebasing: $0.dropLast(Int(stream.avail_out))))
            }
            if status == Z_STREAM_END {
                // Another member, or zeros that fill up a block, may follow (RFC 1952, 2.2).
                let rest = UnsafeRawBufferPointer(start: stream.next_in, count: Int(stream.avail_in))
                if rest.allSatisfy({ $0 == 0 }) { return }
                guard rest.starts(with: magic) else {
                    throw DatasetError.unexpected(
                        path: path, expected: "the end of the gzip data", found: "other bytes")
                }
                inflateReset(&stream)
                continue
            }
            guard status == Z_OK else {
                let reason = stream.avail_in == 0 ? "the gzip data end early" : "the gzip data are damaged"
                throw DatasetError.damaged(path: path, reason: reason)
            }
        }
    }
}
