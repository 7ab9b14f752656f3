import Foundations
import Glibc

/// Results go to standard output, and a failed write is an error like any other.
package enum StandardOutput {
    nonisolated(unsafe) private static var buffer: [UInt8] = []

    /// Whether a person is likely to be reading.
    package static let isTerminal = isatty(1) == 1

    package static func write(_ text: String) throws {
        buffer += text.utf8
        if isTerminal || buffer.count > 1 << 16 { try flush() }
    }

    package static func flush() throws {
        defer { buffer = [] }
        guard writeAll(buffer, to: 1) else {
            let failure = CommandFailure(.inputOutput, "standard output: \(String(cString: strerror(errno)))")
            // A reader that has seen enough, such as `head`, needs no line.
            throw errno == EPIPE ? failure.alreadyReported : failure
        }
    }
}

/// Diagnostics and progress go to standard error.
package enum StandardError {
    package static let isTerminal = isatty(2) == 1

    package static func write(_ text: String) { _ = writeAll(Array(text.utf8), to: 2) }

    /// Writes a line for people; what would break or hide it is escaped, and of one that is longer than two paths the
    /// middle is left out.
    package static func write(line: String) {
        let line = line.onOneLine
        let part = 8192
        let scalars = line.unicodeScalars
        guard scalars.count > 2 * part else { return write(line + "\n") }
        write("\(String(scalars.prefix(part))) … \(String(scalars.suffix(part)))\n")
    }

    /// Writes a remark that the user may skip.
    package static func note(_ text: String) { write(line: "note: \(text)") }

    /// Writes a remark that the user should read.
    package static func warn(_ text: String) { write(line: "warning: \(text)") }
}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done) }
        if count < 0 {
            if errno == EINTR { continue }
            return false
        }
        done += count
    }
    return true
}
