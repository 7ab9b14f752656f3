import Glibc

/// Writes whole files.
public enum FileOutput {
    /// Replaces the file at `path` by `bytes`, atomically: a temporary file beside it is written, synced and renamed.
    ///
    /// Whatever happens, `path` holds either its former content or all of `bytes`. A process killed while writing leaves
    /// the temporary file behind, `condensenet-….partial` in the same folder. The permissions of a file that is replaced
    /// are kept, those of a new one follow the umask. A symbolic link stays and the file that it names is replaced, unless
    /// the link changes meanwhile, names no text, or is another user's in a folder that everyone may write. A device or a
    /// pipe, such as `/dev/stdout`, cannot be replaced: it is written.
    ///
    /// - Throws: `FileError.inputOutput`; the temporary file is then removed.
    public static func replace(_ path: String, with bytes: UnsafeRawBufferPointer) throws {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            guard status.st_mode & S_IFMT != S_IFDIR else {
                throw FileError.inputOutput(path: path, reason: "is a directory")
            }
            try write(bytes, to: open(path, O_WRONLY | O_CLOEXEC), path: path, syncs: false)
            return
        }
        let target = try resolved(path)
        let folder = split(target).folder
        let permissions = lstat(target, &status) == 0 ? status.st_mode & 0o777 : nil
        let (descriptor, temporary) = openTemporary(in: folder, isPrivate: permissions != nil)
        var isComplete = false
        defer { if !isComplete { unlink(temporary) } }
        try write(bytes, to: descriptor, path: path, syncs: true)
        if let permissions { guard chmod(temporary, permissions) == 0 else { throw failure(path) } }
        guard try resolved(path) == target else {
            throw FileError.inputOutput(path: path, reason: "a symbolic link changed while the file was written")
        }
        guard rename(temporary, target) == 0 else { throw failure(path) }
        isComplete = true
        sync(folder: folder)
    }

    /// Looks, before a long work, whether `replace` can put a file at `path`, as far as that shows; nothing is written.
    ///
    /// - Throws: `FileError.inputOutput`, as `replace` would.
    public static func check(_ path: String) throws {
        var status = stat()
        if stat(path, &status) == 0 {
            let kind = status.st_mode & S_IFMT
            guard kind != S_IFDIR else { throw FileError.inputOutput(path: path, reason: "is a directory") }
            guard kind == S_IFREG else {
                guard faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 else { throw failure(path) }
                return
            }
        } else if errno != ENOENT || path.isEmpty {
            throw failure(path)
        }
        // A file is replaced by a new one in its folder; the dot asks for a folder.
        guard faccessat(AT_FDCWD, split(try resolved(path)).folder + "/.", W_OK | X_OK, AT_EACCESS) == 0 else {
            throw failure(path)
        }
    }

    /// Replaces the file at `path` by `text` in UTF-8; see `replace(_:with:)`.
    public static func replace(_ path: String, withText text: String) throws {
        try Array(text.utf8).withUnsafeBytes { try replace(path, with: $0) }
    }

    private static func failure(_ path: String) -> FileError { .inputOutput(path: path, reason: errorText()) }

    /// Creates a file of a new name, which nobody else may read yet if it `isPrivate`; a negative descriptor leaves the
    /// reason in `errno`.
    private static func openTemporary(in folder: String, isPrivate: Bool) -> (descriptor: Int32, path: String) {
        while true {
            let path = "\(folder)/condensenet-\(String(UInt64.random(in: 0 ... .max), radix: 36)).partial"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isPrivate ? 0o600 : 0o666)
            if descriptor >= 0 || errno != EEXIST { return (descriptor, path) }
        }
    }

    /// Writes everything to `descriptor` and closes it.
    private static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String, syncs: Bool
    ) throws {
        guard descriptor >= 0 else { throw failure(path) }
        var isOpen = true
        defer { if isOpen { close(descriptor) } }
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure(path) }
            done += count
        }
        guard !syncs || fsync(descriptor) == 0 else { throw failure(path) }
        isOpen = false
        guard close(descriptor) == 0 else { throw failure(path) }
    }

    /// The file that symbolic links at `path` lead to, whether it exists or not.
    ///
    /// - Throws: `FileError.inputOutput` for a link that cannot be followed safely.
    private static func resolved(_ path: String) throws -> String {
        let output = path
        var path = path
        // As many links as the kernel follows; what is left of a circle is an error when it is opened.
        for _ in 0..<40 {
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { break }
            guard isTrusted(status, in: split(path).folder) else {
                throw FileError.inputOutput(
                    path: output, reason: "is a symbolic link of another user in a folder that everyone may write")
            }
            guard let link = destination(ofLink: path) else {
                throw FileError.inputOutput(path: output, reason: "is a symbolic link to a name that is not UTF-8")
            }
            path = link.utf8.first == UInt8(ascii: "/") ? link : "\(split(path).folder)/\(link)"
        }
        return path
    }

    /// Whether a link is this user's, or in a folder where nobody else could have put it: Linux's rule for
    /// `protected_symlinks`, which does not cover names that are read and put together again.
    private static func isTrusted(_ link: stat, in folder: String) -> Bool {
        var status = stat()
        guard stat(folder, &status) == 0 else { return true }
        let isShared = status.st_mode & S_ISVTX != 0 && status.st_mode & S_IWOTH != 0
        return !isShared || link.st_uid == geteuid() || link.st_uid == status.st_uid
    }

    /// What the symbolic link at `path` names; `nil` where there is none, or where it names no text.
    private static func destination(ofLink path: String) -> String? {
        // The C function's own element type: given an array of UInt8, the compiler of Swift 6.0.3 passes the address of
        // the array's reference instead of its elements'.
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &target, target.count)
        guard count > 0 else { return nil }
        return String(validating: target[..<count], as: UTF8.self)
    }

    /// A path's folder, and the name in it. A slash is one whatever follows: a combining character makes it no other.
    public static func split(_ path: String) -> (folder: String, name: Substring) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path[...]) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), path[path.utf8.index(after: slash)...])
    }

    /// Makes the rename durable; a file system that cannot do so is no error.
    private static func sync(folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
