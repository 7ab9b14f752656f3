import Condenser
import Glibc
import ModelFormat

/// Looks at the file that a command is going to write, before the command begins its work.
///
/// - Parameter inputs: what the command reads, and what each is called.
/// - Throws: `ConversionError.option` for a path that would replace an input, and for `-`, which would be a file of that
///   name; `ModelFormatError.inputOutput`, as writing itself would throw it, where no file can be made or replaced.
func check(output path: String, inputs: [(what: String, path: String)] = []) throws {
    guard path != "-" else { throw ConversionError.option("--output: expected a file, found -") }
    if let input = inputs.first(where: { isSameFile($0.path, path) }) {
        throw ConversionError.option("\(path): the output would replace \(input.what)")
    }
    if let reason = obstacle(path) { throw ModelFormatError.inputOutput(path: path, reason: reason) }
}

/// Whether both paths lead to one file, through links of any kind.
private func isSameFile(_ first: String, _ second: String) -> Bool {
    var (one, other) = (stat(), stat())
    return stat(first, &one) == 0 && stat(second, &other) == 0 && one.st_dev == other.st_dev
        && one.st_ino == other.st_ino
}

/// Why the file at `path` can be neither made nor replaced, in the system's words; `nil` where nothing speaks against it.
private func obstacle(_ path: String) -> String? {
    func reason() -> String { String(cString: strerror(errno)) }
    var status = stat()
    if stat(path, &status) == 0 {
        let kind = status.st_mode & S_IFMT
        guard kind != S_IFDIR else { return "is a directory" }
        // A device or a pipe is written as it is.
        guard kind == S_IFREG else { return access(path, W_OK) == 0 ? nil : reason() }
    } else if errno != ENOENT || path.isEmpty {
        return reason()
    }
    // Where a link leads is found out when it is written.
    if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK { return nil }
    // A file is replaced by a new one in its folder; the dot at the end asks for a folder.
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    return access("\(folder).", W_OK | X_OK) == 0 ? nil : reason()
}
