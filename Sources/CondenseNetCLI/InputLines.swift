import Classifying
import CommandLineSupport
import Glibc

/// The lines of standard input, each as soon as it is complete; or the image that it is.
struct InputLines {
    private let separator: UInt8
    private var pending: [UInt8] = []
    private var isAtEnd = false
    private static let longestLine = 1 << 16
    private static let longestImage = 256 << 20

    /// - Parameter separator: the byte that ends a path: a line feed, or NUL.
    init(separator: UInt8) { self.separator = separator }

    /// Whether there is nothing more.
    var hasEnded: Bool { isAtEnd && pending.isEmpty }

    /// Whether a whole path has been read already.
    var hasPending: Bool { pending.contains(separator) }

    /// All of standard input, if it begins like an image; else `nil`, and nothing of it is lost.
    ///
    /// - Throws: `CommandFailure` when standard input cannot be read, or an image is longer than any.
    mutating func wholeImage() throws -> [UInt8]? {
        while pending.count < 12, !isAtEnd {
            // A complete path, as short as it may be, is answered without more.
            let needsMore = pending.starts(with: Array("RIFF".utf8)) || pending.first == 0 || pending.count < 4
            if hasPending, !needsMore { break }
            guard waitUntilReadable(0) else { return nil }
            try fill()
        }
        guard FileKind.isImage(pending) else { return nil }
        while !isAtEnd {
            guard pending.count <= Self.longestImage else {
                throw CommandFailure(
                    .badData, "standard input: expected at most \(Self.longestImage) bytes of an image, found more")
            }
            guard waitUntilReadable(0) else { return nil }
            try fill()
        }
        defer { pending = [] }
        return pending
    }

    /// The next path without its end; `nil` after the last one, or when the user interrupts.
    ///
    /// - Throws: `CommandFailure` when standard input cannot be read, a path is longer than any, or one has a NUL.
    mutating func next() throws -> String? {
        while true {
            if let end = pending.firstIndex(of: separator) {
                defer { pending.removeSubrange(...end) }
                return try text(pending[..<end])
            }
            if isAtEnd {
                defer { pending = [] }
                return pending.isEmpty ? nil : try text(pending[...])
            }
            guard pending.count < Self.longestLine else {
                (pending, isAtEnd) = ([], true)
                throw CommandFailure(.badData, "standard input: expected a path on each line, found a longer line")
            }
            guard waitUntilReadable(0) else { return nil }
            try fill()
        }
    }

    /// A path; of lines also with Windows' ends.
    private func text(_ path: ArraySlice<UInt8>) throws -> String {
        guard !path.contains(0) else {
            let found = String(decoding: path.prefix(200), as: UTF8.self)
            throw CommandFailure(
                .badData, "standard input: expected paths without NUL, found \(found) (-0 takes paths that NUL ends)")
        }
        let isWindows = separator != 0 && path.last == UInt8(ascii: "\r")
        return String(decoding: isWindows ? path.dropLast() : path, as: UTF8.self)
    }

    private mutating func fill() throws {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(0, &chunk, chunk.count)
        guard count >= 0 || errno == EINTR else {
            (pending, isAtEnd) = ([], true)
            throw CommandFailure(.inputOutput, "standard input: \(String(cString: strerror(errno)))")
        }
        isAtEnd = count == 0
        pending += chunk.prefix(max(count, 0))
    }
}
