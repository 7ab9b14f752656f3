import Glibc

/// Reads whole files.
public enum FileInput {
    /// The bytes of the regular file at `path`.
    ///
    /// The file is read, not mapped: a mapped file that shrinks would end the process with a signal, and the bytes that
    /// the checksum has seen are the bytes that are used. Opening does not wait for the other end of a FIFO.
    ///
    /// - Throws: `ModelFormatError`: `.noInput` when it is missing or not readable, `.notAFile`, `.limit` beyond
    ///   `limit` bytes, `.length` when it shrinks meanwhile, `.inputOutput`, `.memory`.
    public static func read(_ path: String, limit: Int) throws -> Storage {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw ModelFormatError.noInput(path: path, reason: errorText()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw ModelFormatError.inputOutput(path: path, reason: errorText())
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ModelFormatError.notAFile(path: path, found: kind(status.st_mode))
        }
        let size = Int(status.st_size)
        guard size <= limit else { throw ModelFormatError.limit(what: "bytes of the file", found: size, limit: limit) }
        let storage = try Storage(byteCount: size)
        var filled = 0
        while filled < size {
            let count = Glibc.read(descriptor, storage.bytes.baseAddress! + filled, size - filled)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw ModelFormatError.inputOutput(path: path, reason: errorText()) }
            guard count > 0 else { throw ModelFormatError.length(expected: size, found: filled) }
            filled += count
        }
        return storage
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
