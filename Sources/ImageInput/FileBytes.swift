import Glibc

/// Reads whole image files.
enum FileBytes {
    /// The bytes of the regular file at `path`.
    ///
    /// Opening never waits, so a FIFO without a writer is refused like any other file that is not regular. A file that
    /// shrinks meanwhile gives the bytes that were there.
    ///
    /// - Throws: `ImageError.noInput`, `.notAFile`, `.inputOutput`, `.tooLarge` beyond `limit` bytes, or `.memory`.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw ImageError.noInput(path: path, reason: reason(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw ImageError.inputOutput(path: path, reason: reason(errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ImageError.notAFile(path: path, found: kind(status.st_mode))
        }
        let size = Int(status.st_size)
        guard size <= limit else {
            throw ImageError.tooLarge(name: path, quantity: .fileBytes, found: size, limit: limit)
        }
        try SystemMemory.require(size, for: path)
        return try [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            while filled < size {
                let count = Glibc.read(descriptor, buffer.baseAddress! + filled, size - filled)
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw ImageError.inputOutput(path: path, reason: reason(errno)) }
                if count == 0 { break }
                filled += count
            }
        }
    }

    private static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a directory"
        case S_IFIFO: "a FIFO"
        default: "a device"
        }
    }

    private static func reason(_ code: CInt) -> String { String(cString: strerror(code)) }
}
