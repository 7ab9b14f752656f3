/// Why a gzip file's content cannot be had.
package enum GzipError: CategorizedError, Equatable {
    /// The data are damaged or end early.
    case damaged(path: String, reason: String)
    /// Something else follows the data.
    case trailingBytes(path: String)
    /// The content is longer than may be read.
    case tooLarge(path: String, limit: Int)

    package var description: String {
        switch self {
        case .damaged(let path, let reason): "\(path): \(reason)"
        case .trailingBytes(let path): "\(path): expected the end of the gzip data, found other bytes"
        case .tooLarge(let path, let limit): "\(path): expected at most \(limit) bytes, found more"
        }
    }

    package var category: ErrorCategory { .badData }
}

/// Reads whole files, gzip-compressed or not.
package enum GzipFile {
    /// The file's content, inflated if it is compressed.
    ///
    /// The content is inflated once, into memory that grows with it.
    ///
    /// - Parameters:
    ///   - limit: the most bytes of file and content.
    ///   - wanted: how many bytes of content the caller can use, given the first 64 KiB of more; by default all. A byte
    ///     more than that is inflated, so that the caller sees where there is too much.
    /// - Throws: `FileError`, `MemoryError`, `GzipError`.
    package static func read(
        _ path: String, limit: Int, wanted: (UnsafeRawBufferPointer) -> Int = { _ in .max }
    ) throws -> Storage {
        let file = try FileInput.read(path, limit: limit)
        return try file.withUnsafeBytes { bytes in
            guard bytes.starts(with: magic) else { return file }
            let most = min(limit, expansion * bytes.count + (1 << 20))
            let content = try inflated(bytes, path: path, most: most + 1, wanted: wanted)
            guard content.bytes.count <= most else { throw GzipError.tooLarge(path: path, limit: most) }
            return content
        }
    }

    private static let magic: [UInt8] = [0x1F, 0x8B]
    /// Bytes of content that are inflated before it is asked how many are wanted.
    private static let chunk = 1 << 16
    /// The most bytes of content for a byte of the file, besides one MiB: pictures take far less, zeros five times more.
    private static let expansion = 200

    private static func inflated(
        _ compressed: UnsafeRawBufferPointer, path: String, most: Int, wanted: (UnsafeRawBufferPointer) -> Int
    ) throws -> Storage {
        let inflater = try Inflater(.gzip)
        var rest = compressed
        var content = try Storage(byteCount: min(most, chunk))
        var filled = 0
        var enough: Int?
        while true {
            if filled == content.bytes.count {
                if enough == nil {
                    let (bytes, overflow) = wanted(UnsafeRawBufferPointer(content.bytes)).addingReportingOverflow(1)
                    enough = min(most, overflow ? .max : bytes)
                }
                guard filled < enough! else { return content }
                content = try content.copy(filled, byteCount: min(enough!, 2 * filled))
            }
            let step = inflater.inflate(
                rest, into: UnsafeMutableRawBufferPointer(rebasing: content.bytes[filled...]))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(step.read))
            filled += step.written
            switch step.status {
            case .corrupt: throw GzipError.damaged(path: path, reason: "the gzip data are damaged")
            case .more:
                guard step.read > 0 || step.written > 0 else {
                    throw GzipError.damaged(path: path, reason: "the gzip data end early")
                }
            case .end:
                // Another member, or zeros that fill up a block, may follow (RFC 1952, 2.2).
                if rest.allSatisfy({ $0 == 0 }) { return try content.copy(filled, byteCount: filled) }
                guard rest.starts(with: magic) else { throw GzipError.trailingBytes(path: path) }
                inflater.reset()
            }
        }
    }
}

extension Storage {
    /// A block of `byteCount` bytes that begins with this block's first `count`.
    fileprivate func copy(_ count: Int, byteCount: Int) throws -> Storage {
        let copy = try Storage(byteCount: byteCount)
        copy.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        return copy
    }
}
