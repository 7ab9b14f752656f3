import Glibc

/// Writes whole files.
public enum FileOutput {
    /// Replaces the file at `path` by `bytes`, atomically: a temporary file beside it is written, synced and renamed.
    ///
    /// Whatever happens, `path` holds either its former content or all of `bytes`.
    ///
    /// - Throws: `ModelFormatError.inputOutput`; the temporary file is then removed.
    public static func replace(_ path: String, with bytes: UnsafeRawBufferPointer) throws {
        func failure() -> ModelFormatError { .inputOutput(path: path, reason: errorText()) }
        // A device or pipe, such as /dev/stdout, cannot be replaced: it is written.
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            guard status.st_mode & S_IFMT != S_IFDIR else {
                throw ModelFormatError.inputOutput(path: path, reason: "is a directory")
            }
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw failure() }
            defer { close(descriptor) }
            guard write(bytes, to: descriptor) else { throw failure() }
            return
        }
        let target = resolved(path)
        var template = Array("\(target).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure() }
        let temporary = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        var complete = false
        defer { if !complete { unlink(temporary) } }
        let mask = umask(0)
        umask(mask)
        let written = write(bytes, to: descriptor) && fchmod(descriptor, 0o666 & ~mask) == 0 && fsync(descriptor) == 0
        let reason = errorText()
        guard close(descriptor) == 0, written else { throw ModelFormatError.inputOutput(path: path, reason: reason) }
        guard rename(temporary, target) == 0 else { throw failure() }
        complete = true
        syncFolder(of: target)
    }

    /// Replaces the file at `path` by `text` in UTF-8; see `replace(_:with:)`.
    public static func replace(_ path: String, withText text: String) throws {
        try Array(text.utf8).withUnsafeBytes { try replace(path, with: $0) }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            done += count
        }
        return true
    }

    /// The file that a symbolic link at `path` leads to, so that the link survives.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// Makes the rename durable; a file system that cannot do so is no error.
    private static func syncFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
