import CommandLineSupport
import Datasets
import Foundations
import Glibc

/// The lines of standard input, each as soon as it is complete.
struct InputLines {
    private var pending: [UInt8] = []
    private var isAtEnd = false
    private static let longestLine = 1 << 16

    /// The next line without its end; `nil` after the last one, or when the user interrupts.
    ///
    /// - Throws: `CommandFailure` when standard input cannot be read, or a line is longer than any path.
    mutating func next() throws -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                defer { pending.removeSubrange(...end) }
                return text(pending[..<end])
            }
            if isAtEnd {
                defer { pending = [] }
                return pending.isEmpty ? nil : text(pending[...])
            }
            guard pending.count < Self.longestLine else {
                throw CommandFailure(.badData, "standard input: expected a path on each line, found a longer line")
            }
            guard waitUntilReadable(0) else { return nil }
            try fill()
        }
    }

    /// A line, also of a file with Windows' ends of lines.
    private func text(_ line: ArraySlice<UInt8>) -> String {
        String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }

    private mutating func fill() throws {
        var chunk = [UInt8](repeating: 0, count: 1 << 12)
        let count = read(0, &chunk, chunk.count)
        guard count >= 0 || errno == EINTR else {
            throw CommandFailure(.inputOutput, "standard input: \(String(cString: strerror(errno)))")
        }
        isAtEnd = count == 0
        pending += chunk.prefix(max(count, 0))
    }
}

/// Image files that appear in a folder.
final class FolderWatch {
    private let folder: String
    private let descriptor: Int32
    private var pending: [String] = []
    private var isGone = false

    /// Starts to watch.
    ///
    /// - Throws: `CommandFailure` when the folder cannot be watched.
    init(_ folder: String) throws {
        self.folder = folder
        func failure() -> CommandFailure {
            CommandFailure(
                errno == ENOENT || errno == ENOTDIR || errno == EACCES ? .noInput : .inputOutput,
                "\(folder): \(String(cString: strerror(errno)))")
        }
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0 else { throw failure() }
        let events = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR
        guard inotify_add_watch(descriptor, folder, UInt32(bitPattern: Int32(truncatingIfNeeded: events))) >= 0 else {
            let failure = failure()
            close(descriptor)
            throw failure
        }
    }

    deinit { close(descriptor) }

    /// The path of the next image that was written, moved or linked into the folder, once it is complete; `nil` when the program is
    /// asked to end.
    ///
    /// - Throws: `CommandFailure` when the folder is gone.
    func next() throws -> String? {
        while pending.isEmpty {
            if isGone { throw CommandFailure(.noInput, "\(folder): the watched folder is gone") }
            guard waitUntilReadable(descriptor) else { return nil }
            try readEvents()
        }
        return pending.removeFirst()
    }

    private func readEvents() throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 14, alignment: 8)
        defer { buffer.deallocate() }
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        guard count >= 0 else {
            if errno == EINTR || errno == EAGAIN { return }
            throw CommandFailure(.inputOutput, "\(folder): \(String(cString: strerror(errno)))")
        }
        // Each event: descriptor, mask, cookie and the length of the name, four bytes each, then the name and zeros.
        var offset = 0
        while offset + 16 <= count {
            let mask = Int(buffer.load(fromByteOffset: offset + 4, as: UInt32.self))
            let length = Int(buffer.load(fromByteOffset: offset + 12, as: UInt32.self))
            let name = String(decoding: buffer[(offset + 16)...].prefix(length).prefix { $0 != 0 }, as: UTF8.self)
            offset += 16 + length
            if mask & Int(IN_Q_OVERFLOW) != 0 {
                StandardError.write(
                    line: "condensenet: \(folder): files came faster than the system notes; some were missed")
            } else if mask & (Int(IN_DELETE_SELF) | Int(IN_MOVE_SELF) | Int(IN_IGNORED)) != 0 {
                isGone = true
            } else if mask & Int(IN_ISDIR) == 0, !name.hasPrefix("."), ImageFiles.hasImageSuffix(name) {
                let path = "\(folder)/\(name)"
                // A file that was linked elsewhere meanwhile may be told of twice; names differ by their bytes.
                let isWaiting = pending.contains { $0.utf8.elementsEqual(path.utf8) }
                if mask & Int(IN_CREATE) == 0 || isLink(path), !isWaiting { pending.append(path) }
            }
        }
    }

    /// Whether a name is a link to a file that was there before. A new file is not complete yet, and is told of again.
    private func isLink(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return false }
        return switch status.st_mode & S_IFMT {
        case S_IFLNK: true
        case S_IFREG: status.st_nlink > 1
        default: false
        }
    }
}

/// Waits until `descriptor` can be read or has ended; `false` when the program is asked to end.
private func waitUntilReadable(_ descriptor: Int32) -> Bool {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // The limit is for a signal that comes between the question and the wait.
    while !Interruption.isRequested, !Termination.isRequested {
        if poll(&wanted, 1, 250) > 0 { return true }
    }
    return false
}
