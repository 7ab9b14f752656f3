import Foundation

/// Standard output and standard error.
enum Console {
    /// Results.
    static func write(_ text: String) { fputs(text, stdout) }

    /// Diagnostics.
    static func complain(_ text: String) { fputs(text, stderr) }

    /// Whether all results have been written; says so on standard error where they have not.
    static func flush() -> Bool {
        if fflush(stdout) == 0, ferror(stdout) == 0 { return true }
        complain("error: standard output: \(String(cString: strerror(errno)))\n")
        return false
    }
}
