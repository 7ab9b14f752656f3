import Glibc

/// Standard output and standard error, unbuffered: a command prints once or twice.
enum Console {
    /// Standard output cannot be written.
    struct Failure: Error {
        /// The system's words for it.
        let reason: String
    }

    /// Writes results.
    ///
    /// - Throws: `Failure`, for one when the reader has gone away.
    static func write(_ text: String) throws {
        guard write(text, to: STDOUT_FILENO) else { throw Failure(reason: String(cString: strerror(errno))) }
    }

    /// Writes diagnostics, as far as that is possible.
    static func complain(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }
}
