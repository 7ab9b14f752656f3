import Glibc

/// Reads whole files.
public enum FileInput {
    /// The bytes of the regular file at `path`.
    ///
    /// The file is read, not mapped: a mapped file that shrinks would end the process with a signal, and the bytes that
    /// the checksum has seen are the bytes that are used. Opening does not wait for the other end of a FIFO.
    ///
    /// - Throws: `FileError`: `.noInput` when it is missing or not readable, `.notAFile`, `.tooLarge` beyond `limit` bytes,
    ///   `.shrank` when it does meanwhile, `.inputOutput`; `MemoryError`.
    public static func read(_ path: String, limit: Int) throws -> Storage {
        try opened(path, limit: limit) { descriptor, size in
            let storage = try Storage(byteCount: size)
            try fill(storage.bytes, from: descriptor, path: path)
            return storage
        }
    }

    /// The bytes of the regular file at `path`, as an array; see `read(_:limit:)`.
    ///
    /// - Throws: as `read(_:limit:)`.
    package static func bytes(_ path: String, limit: Int) throws -> [UInt8] {
        try opened(path, limit: limit) { descriptor, size in
            try MemoryRoom.require(size)
            return try [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
                try fill(
                    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<size]),
                    from: descriptor, path: path)
                filled = size
            }
        }
    }

    private static func opened<Result>(
        _ path: String, limit: Int, _ body: (_ descriptor: Int32, _ size: Int) throws -> Result
    ) throws -> Result {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw FileError.noInput(path: path, reason: errorText()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError.inputOutput(path: path, reason: errorText()) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError.notAFile(path: path, found: kind(status.st_mode))
        }
        let size = Int(status.st_size)
        guard size <= limit else { throw FileError.tooLarge(path: path, found: size, limit: limit) }
        return try body(descriptor, size)
    }

    private static func fill(_ bytes: UnsafeMutableRawBufferPointer, from descriptor: Int32, path: String) throws {
        var filled = 0
        while filled < bytes.count {
            let count = Glibc.read(descriptor, bytes.baseAddress! + filled, bytes.count - filled)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError.inputOutput(path: path, reason: errorText()) }
            guard count > 0 else { throw FileError.shrank(path: path, expected: bytes.count, found: filled) }
            filled += count
        }
    }

    private static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a directory"
        case S_IFIFO: "a FIFO"
        default: "a device"
        }
    }
}

/// The system's text for the current `errno`.
func errorText() -> String { String(cString: strerror(errno)) }
