import Foundations
import Glibc

/// Where a command writes what an option names: a file, or, for `-`, standard output.
package enum OutputPath {
    /// Whether `path` is standard output: `-`, or the device of that name however it is spelt.
    package static func isStandardOutput(_ path: String) -> Bool {
        path == "-" || isLink(path, to: ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
    }

    /// Whether `path` is the device of standard error, where messages go, however it is spelt.
    package static func isStandardError(_ path: String) -> Bool {
        isLink(path, to: ["/dev/stderr", "/dev/fd/2", "/proc/self/fd/2"])
    }

    /// Replaces the file at `path` by `text`, or writes it to standard output.
    ///
    /// - Throws: `CommandFailure`.
    package static func write(_ text: String, to path: String) throws {
        guard !isStandardOutput(path) else { return try StandardOutput.write(text) }
        try reporting(path) { try FileOutput.replace(path, withText: text) }
    }

    /// Whether `path` is one of `targets`, or a chain of symbolic links that leads there.
    private static func isLink(_ path: String, to targets: [String]) -> Bool {
        var path = path
        for _ in 0..<8 {
            if targets.contains(path) { return true }
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = readlink(path, &buffer, buffer.count)
            guard count > 0 else { return false }
            let link = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
            path = link.hasPrefix("/") ? link : "\(FileOutput.split(path).folder)/\(link)"
        }
        return false
    }
}
