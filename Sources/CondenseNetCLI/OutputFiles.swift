import Glibc

/// The files that a command is going to write, looked at before it begins its work.
struct OutputFiles {
    private var taken: [(what: String, path: String)]

    /// - Parameter inputs: what the command reads, and what each is called.
    init(inputs: [(what: String, path: String)]) { taken = inputs }

    /// Adds the file at `path`, if any, that `option` names.
    ///
    /// - Throws: `CommandFailure` when it would replace an input or another output.
    mutating func add(_ option: String, _ path: String?) throws {
        guard let path else { return }
        // Everything may be written to a device.
        guard Folder.kind(path) != .other else { return }
        if let other = taken.first(where: { Self.areOne(path, $0.path) }) {
            throw CommandFailure(.usage, "\(option): expected a file of its own, found \(path), \(other.what)")
        }
        taken.append((option, path))
    }

    /// Whether both paths lead to one file, through links of any kind.
    private static func areOne(_ first: String, _ second: String) -> Bool {
        var (one, other) = (stat(), stat())
        guard stat(first, &one) == 0, stat(second, &other) == 0 else { return first == second }
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }
}
