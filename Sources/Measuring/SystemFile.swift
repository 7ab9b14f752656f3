import Glibc

/// Small text files of procfs and sysfs. One that is missing or unreadable is `nil`: no two boards have the same.
package enum SystemFile {
    /// The file's text, at most 256 KiB of it, without surrounding white space and NUL bytes.
    package static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 256 << 10 {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        let text = trimmed(String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self))
        return text.isEmpty ? nil : text
    }

    /// The file's text as an integer.
    package static func integer(_ path: String) -> Int? { text(path).flatMap { Int($0) } }

    /// The value of the first line `name : value`.
    package static func field(_ name: String, of text: String) -> String? {
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":"), trimmed(line[..<colon]) == name else { continue }
            return trimmed(line[line.index(after: colon)...])
        }
        return nil
    }

    package static func trimmed(_ text: some StringProtocol) -> String {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return String(rest)
    }
}
