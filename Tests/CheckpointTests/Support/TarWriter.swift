/// Writes ustar archives, and lets a test tell a lie in any header.
struct TarWriter {
    var members: [Member] = []
    /// What follows the last member.
    var end = [UInt8](repeating: 0, count: 1024)

    struct Member {
        var name: String
        var data: [UInt8]
        var type = UInt8(ascii: "0")
        /// The size field's text, when it is to differ from the data's length.
        var size: String?
        /// Changes the header after its checksum was taken.
        var tamper: (inout [UInt8]) -> Void = { _ in }

        init(_ name: String, _ data: [UInt8]) {
            self.name = name
            self.data = data
        }
    }

    var bytes: [UInt8] { members.flatMap(Self.bytes) + end }

    private static func bytes(_ member: Member) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
        }
        put(member.name, at: 0)
        put("0000644", at: 100)
        put(member.size ?? octal(member.data.count, digits: 11), at: 124)
        put("        ", at: 148)
        header[156] = member.type
        put("ustar\u{0}00", at: 257)
        put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\u{0} ", at: 148)
        member.tamper(&header)
        return header + member.data + [UInt8](repeating: 0, count: (512 - member.data.count % 512) % 512)
    }

    private static func octal(_ value: Int, digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
