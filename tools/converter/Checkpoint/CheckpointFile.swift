import Glibc

/// Reads a checkpoint's bytes.
///
/// The file is read, not mapped: it may shrink or vanish afterwards, and nothing that was proven about its bytes
/// changes.
public enum CheckpointFile {
    /// All bytes of the regular file at `path`.
    ///
    /// - Throws: ``CheckpointError/noInput(path:reason:)``, ``CheckpointError/notRegularFile(path:found:)`` for a
    ///   directory, a pipe or a device (which is not waited for), ``CheckpointError/unreadable(path:reason:)``, and
    ///   ``CheckpointError/overLimit(_:limit:found:at:)``, before any memory is taken, for a file that is too large.
    public static func read(path: String, limits: CheckpointLimits = .default) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw CheckpointError.noInput(path: path, reason: reason(errno))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CheckpointError.notRegularFile(path: path, found: kind(status.st_mode & S_IFMT))
        }
        let size = Int(status.st_size)
        guard size <= limits.fileBytes else {
            throw CheckpointError.overLimit(
                .fileBytes, limit: limits.fileBytes, found: size, at: CheckpointLocation(file: path))
        }
        return try read(descriptor, size, path)
    }

    private static func read(_ descriptor: Int32, _ size: Int, _ path: String) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            while filled < size {
                let count = Glibc.read(descriptor, buffer.baseAddress! + filled, min(size - filled, 1 << 30))
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw unreadable(path, errno) }
                guard count > 0 else {
                    throw CheckpointError.unreadable(
                        path: path, reason: "it shrank from \(size) to \(filled) bytes while it was read")
                }
                filled += count
            }
        }
    }

    private static func unreadable(_ path: String, _ code: Int32) -> CheckpointError {
        .unreadable(path: path, reason: reason(code))
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

    private static func kind(_ format: mode_t) -> String {
        switch format {
        case S_IFDIR: "a directory"
        case S_IFIFO: "a pipe"
        default: "a device"
        }
    }
}
