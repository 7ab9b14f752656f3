import Glibc

/// What a file is, by its first bytes, where something else was expected.
enum FileKind {
    /// Whether the file at `path` begins like an image.
    static func isImage(_ path: String) -> Bool { isImage(start(path)) }

    /// Whether `bytes` begin like an image of any format that is told apart, also of those that are not decoded here.
    static func isImage(_ bytes: [UInt8]) -> Bool {
        let starts: [[UInt8]] = [
            [0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], Array("GIF87a".utf8),
            Array("GIF89a".utf8), [0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A],
        ]
        if starts.contains(where: bytes.starts(with:)) { return true }
        if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) { return true }
        // HEIC and AVIF: a box whose name comes after its length, which is short.
        if bytes.starts(with: [0, 0, 0]), bytes.dropFirst(4).starts(with: Array("ftyp".utf8)) { return true }
        // Netpbm: a letter and a digit, then white space, a comment or a number.
        guard bytes.count > 3, bytes[0] == UInt8(ascii: "P"), (0x31...0x36).contains(bytes[1]) else { return false }
        return [0x20, 0x0A, 0x0D, 0x09].contains(bytes[2]) && ((0x30...0x39).contains(bytes[3]) || bytes[3] == 0x23)
    }

    /// Whether the file at `path` begins like a model file or another safetensors file: a header's length, then JSON.
    static func isSafetensors(_ path: String) -> Bool {
        let bytes = start(path)
        return bytes.count > 8 && bytes[5] == 0 && bytes[6] == 0 && bytes[7] == 0 && bytes[8] == UInt8(ascii: "{")
    }

    private static func start(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = read(descriptor, &bytes, bytes.count)
        return Array(bytes.prefix(max(count, 0)))
    }
}
