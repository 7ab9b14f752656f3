import Foundations
import Glibc

/// The files that a command is going to write, looked at before it begins its work.
package struct OutputFiles {
    /// What an output holds: text may go to standard output, which `-` names.
    package enum Content { case text, binary }

    private var taken: [(what: String, path: String)]

    /// - Parameter inputs: what the command reads, and what each is called.
    package init(inputs: [(what: String, path: String)]) { taken = inputs }

    /// Adds the file at `path`, if any, that `option` names.
    ///
    /// - Throws: `CommandFailure` when it would replace an input or another output, when nothing can be written there, as
    ///   far as that shows beforehand, or when something other than text would go among the program's texts.
    package mutating func add(_ option: String, _ path: String?, _ content: Content) throws {
        guard let path else { return }
        let isStandardOutput = OutputPath.isStandardOutput(path)
        if content == .binary, isStandardOutput || OutputPath.isStandardError(path) {
            throw CommandFailure(.usage, "\(option): expected a file, found \(path)")
        }
        let isTaken = { (other: (what: String, path: String)) in
            isStandardOutput ? OutputPath.isStandardOutput(other.path) : Self.areOne(path, other.path)
        }
        if let other = taken.first(where: isTaken), isStandardOutput || Folder.kind(path) != .other {
            throw CommandFailure(.usage, "\(option): \(path) would replace \(other.what)")
        }
        if !isStandardOutput { try reporting(path) { try FileOutput.check(path) } }
        taken.append((option, path))
    }

    /// Whether both paths lead to one file, through links of any kind, or will do so when it has been made.
    private static func areOne(_ first: String, _ second: String) -> Bool {
        let (one, other) = (Identity(first), Identity(second))
        guard one == nil, other == nil else { return one == other }
        guard let one = Place(first), let other = Place(second) else { return false }
        return Identity(one.folder) == Identity(other.folder) && one.name.utf8.elementsEqual(other.name.utf8)
    }

    /// What tells one file from another.
    private struct Identity: Equatable {
        private let device: UInt
        private let node: UInt

        /// `nil` when there is no such file.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            (device, node) = (status.st_dev, status.st_ino)
        }
    }

    /// Where a path leads to, symbolic links followed, whether there is a file or not.
    private struct Place {
        let folder: String
        let name: Substring

        /// `nil` when the path's own folder does not exist.
        init?(_ path: String) {
            guard access(FileOutput.split(path).folder + "/.", F_OK) == 0 else { return nil }
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            // Of a path that leads nowhere, glibc gives the first part that is missing: here the file's own.
            let isResolved = realpath(path, &buffer) != nil || errno == ENOENT && buffer[0] != 0
            let resolved = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            (folder, name) = FileOutput.split(isResolved ? resolved : path)
        }
    }
}
