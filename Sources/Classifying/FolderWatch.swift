import CommandLineSupport
import Datasets
import Foundations
import Glibc

/// Image files that appear in a folder and in those below.
///
/// The system tells of files as they come. Its notes are taken up before each answer, so that many files at once do not
/// overflow them; where they do, the folders are read again. Where the system tells nothing, as of file systems over a
/// network, the folders are read again every so often.
package final class FolderWatch {
    private let folder: String
    private let descriptor: Int32
    private let interval: Duration?
    private var lastLook = ContinuousClock.now
    /// The folders that are watched, by the numbers that the system tells them by.
    private var folders: [Int32: String] = [:]
    /// Files that need no second look: what was there at the beginning, and what has been told, by name and time, as long
    /// as they are there.
    private var known: [Name: Stamp] = [:]
    private var pending: [String] = []
    private var waiting: Set<Name> = []
    private var isGone = false

    /// A path's bytes: names that are equal as text may be two files.
    private typealias Name = [UInt8]

    /// What a file that is written anew changes.
    private struct Stamp: Equatable {
        let node: UInt64
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    /// Starts to watch.
    ///
    /// - Parameter poll: seconds between looks at the folders; `nil` relies on the system's notes.
    /// - Throws: `CommandFailure` when the folder cannot be watched.
    package init(_ path: String, poll: Double?) throws {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        folder = path
        interval = poll.map { .milliseconds(Int($0 * 1000)) }
        guard Folder.kind(path) == .folder else {
            let reason = if case .missing(let reason) = Folder.kind(path) { reason } else { "Not a directory" }
            throw CommandFailure(.noInput, "\(path): \(reason)")
        }
        descriptor = poll == nil ? inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)) : -1
        guard poll != nil || descriptor >= 0 else { throw Self.failure(path) }
        do {
            if poll == nil { try watch(path) }
            // What is there is not new, in folders below neither.
            look { path, stamp in known[Array(path.utf8)] = stamp }
        } catch {
            if descriptor >= 0 { close(descriptor) }
            throw error
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure(
            errno == ENOENT || errno == ENOTDIR || errno == EACCES ? .noInput : .inputOutput,
            "\(path): \(String(cString: strerror(errno)))")
    }

    /// Whether a file is waiting to be told.
    package var hasPending: Bool { !pending.isEmpty }

    /// The path of the next image that was written, moved or linked into the folders, once it is complete; `nil` when the
    /// program is asked to end.
    ///
    /// - Throws: `CommandFailure` when the folder is gone.
    package func next() throws -> String? {
        while true {
            // Every note that there is, before one of them is answered.
            if interval == nil { while try readEvents() {} }
            if !pending.isEmpty {
                let path = pending.removeFirst()
                waiting.remove(Array(path.utf8))
                known[Array(path.utf8)] = Self.stamp(path)
                return path
            }
            if isGone || Folder.kind(folder) != .folder {
                throw CommandFailure(.noInput, "\(folder): the watched folder is gone")
            }
            if let interval {
                guard pause(until: lastLook + interval) else { return nil }
                lookForNewFiles()
            } else {
                guard waitUntilReadable(descriptor) else { return nil }
            }
        }
    }

    /// Waits; `false` when the program is asked to end.
    private func pause(until end: ContinuousClock.Instant) -> Bool {
        while ContinuousClock.now < end {
            if Interruption.isRequested || Termination.isRequested { return false }
            usleep(useconds_t(min(max((end - .now) / .microseconds(1), 1000), 200_000)))
        }
        return !Interruption.isRequested && !Termination.isRequested
    }

    // MARK: What the system tells

    private static let arrivals: Int = Int(IN_CREATE) | Int(IN_CLOSE_WRITE) | Int(IN_MOVED_TO)
    private static let departures: Int = Int(IN_DELETE) | Int(IN_MOVED_FROM)

    private func watch(_ path: String) throws {
        let events = Self.arrivals | Self.departures | Int(IN_DELETE_SELF) | Int(IN_MOVE_SELF) | Int(IN_ONLYDIR)
        let number = inotify_add_watch(descriptor, path, UInt32(truncatingIfNeeded: events))
        guard number >= 0 else { throw Self.failure(path) }
        folders[number] = path
    }

    /// Takes up the notes that there are; `false` where there is none.
    private func readEvents() throws -> Bool {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
        defer { buffer.deallocate() }
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        guard count > 0 else {
            if count == 0 || errno == EINTR || errno == EAGAIN { return false }
            throw CommandFailure(.inputOutput, "\(folder): \(String(cString: strerror(errno)))")
        }
        // Each event: descriptor, mask, cookie and the length of the name, four bytes each, then the name and zeros.
        var offset = 0
        while offset + 16 <= count {
            let number = buffer.load(fromByteOffset: offset, as: Int32.self)
            let mask = Int(buffer.load(fromByteOffset: offset + 4, as: UInt32.self))
            let length = Int(buffer.load(fromByteOffset: offset + 12, as: UInt32.self))
            let name = String(decoding: buffer[(offset + 16)...].prefix(length).prefix { $0 != 0 }, as: UTF8.self)
            offset += 16 + length
            if mask & Int(IN_Q_OVERFLOW) != 0 {
                lookForNewFiles()
            } else if mask & (Int(IN_DELETE_SELF) | Int(IN_MOVE_SELF) | Int(IN_IGNORED)) != 0 {
                if folders.removeValue(forKey: number) == folder { isGone = true }
            } else if let parent = folders[number], !name.hasPrefix(".") {
                let path = "\(parent)/\(name)"
                if mask & Self.departures != 0 { forget(path, mask) } else { take(path, mask) }
            }
        }
        return true
    }

    private func take(_ path: String, _ mask: Int) {
        if mask & Int(IN_ISDIR) != 0 {
            // Files may have come into a new folder before it is watched.
            lookForNewFiles(under: path)
        } else if ImageFiles.hasImageSuffix(path), mask & Int(IN_CREATE) == 0 || isLink(path) {
            // What a look at the folder found before may be told of by the system as well.
            if let stamp = Self.stamp(path), known[Array(path.utf8)] == stamp { return }
            enqueue(path)
        }
    }

    /// Forgets what is gone, unless another has its name already.
    private func forget(_ path: String, _ mask: Int) {
        guard Folder.identity(path) == nil else { return }
        if mask & Int(IN_ISDIR) == 0 {
            known[Array(path.utf8)] = nil
        } else {
            let folder = Array("\(path)/".utf8)
            known = known.filter { !$0.key.starts(with: folder) }
        }
    }

    /// A file that was linked elsewhere meanwhile may be told of twice.
    private func enqueue(_ path: String) {
        if waiting.insert(Array(path.utf8)).inserted { pending.append(path) }
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

    // MARK: Looking

    private static func stamp(_ path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            node: UInt64(status.st_ino), size: Int(status.st_size), seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec)
    }

    private func lookForNewFiles(under root: String? = nil) {
        var seen: Set<Name> = []
        let unread = look(under: root) { path, stamp in
            // A file that is still being written is told when its size and time have stood still between two looks.
            let name = Array(path.utf8)
            seen.insert(name)
            guard known[name] != stamp else { return }
            let age = Double(time(nil)) - Double(stamp.seconds)
            if interval == nil || unsettled[name] == stamp || age > 2 {
                unsettled[name] = nil
                enqueue(path)
            } else {
                unsettled[name] = stamp
            }
        }
        // What could not be read now may be there still.
        if root == nil {
            func isHere(_ name: Name) -> Bool { seen.contains(name) || unread.contains { name.starts(with: $0) } }
            known = known.filter { isHere($0.key) }
            unsettled = unsettled.filter { isHere($0.key) }
        }
        lastLook = .now
    }

    /// Files that were seen once, as they then were.
    private var unsettled: [Name: Stamp] = [:]

    /// Calls `body` with each image file, and watches folders that are not watched yet.
    ///
    /// - Returns: how the names begin of what could not be read.
    @discardableResult private func look(under root: String? = nil, _ body: (String, Stamp) -> Void) -> [Name] {
        var unread: [Name] = []
        var folders = [root ?? folder]
        var visited: Set<Folder.Identity> = []
        while let path = folders.popLast() {
            let identity = Folder.identity(path)
            if let identity, !visited.insert(identity).inserted { continue }
            if identity != nil, interval == nil, path != folder { try? watch(path) }
            guard let names = try? Folder.names(path) else {
                unread.append(Array("\(path)/".utf8))
                continue
            }
            for name in names {
                let entry = "\(path)/\(name)"
                if Folder.kind(entry) == .folder {
                    folders.append(entry)
                } else if ImageFiles.hasImageSuffix(name) {
                    if let stamp = Self.stamp(entry) {
                        body(entry, stamp)
                    } else if errno != ENOENT {
                        unread.append(Array(entry.utf8))
                    }
                }
            }
        }
        return unread
    }
}
