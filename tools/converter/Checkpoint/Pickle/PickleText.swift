/// The two ways in which protocol 0 writes text on a line.
enum PickleText {
    /// The contents of a Python 2 string literal: quotes of either kind around text with backslash escapes.
    static func unquoted(_ line: ArraySlice<UInt8>, at place: CheckpointLocation) throws -> ArraySlice<UInt8> {
        guard line.count >= 2, let quote = line.first, quote == line.last,
            quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
        else { throw malformed(line, place) }
        let inner = line.dropFirst().dropLast()
        guard inner.contains(UInt8(ascii: "\\")) else { return inner }

        var decoded: [UInt8] = []
        var rest = inner
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                decoded.append(byte)
                continue
            }
            guard let escape = rest.popFirst() else { throw malformed(line, place) }
            if escape == UInt8(ascii: "x") {
                guard let value = hexadecimal(rest.prefix(2), digits: 2) else { throw malformed(line, place) }
                decoded.append(UInt8(value))
                rest = rest.dropFirst(2)
            } else if let plain = simpleEscapes[escape] {
                decoded.append(plain)
            } else {
                throw malformed(line, place)
            }
        }
        return decoded[...]
    }

    /// Text in Python's raw-unicode-escape: Latin-1, with `\uXXXX` and `\UXXXXXXXX` for everything beyond.
    static func unescaped(_ line: ArraySlice<UInt8>, at place: CheckpointLocation) throws -> ArraySlice<UInt8> {
        guard line.contains(where: { $0 == UInt8(ascii: "\\") || $0 >= 0x80 }) else { return line }
        var decoded = String.UnicodeScalarView()
        var rest = line
        while let byte = rest.popFirst() {
            let digits =
                switch (byte, rest.first) {
                case (UInt8(ascii: "\\"), UInt8(ascii: "u")): 4
                case (UInt8(ascii: "\\"), UInt8(ascii: "U")): 8
                default: 0
                }
            guard digits > 0 else {
                decoded.append(Unicode.Scalar(byte))
                continue
            }
            rest = rest.dropFirst()
            guard let value = hexadecimal(rest.prefix(digits), digits: digits),
                let scalar = Unicode.Scalar(UInt32(value))
            else { throw malformed(line, place) }
            decoded.append(scalar)
            rest = rest.dropFirst(digits)
        }
        return Array(String(decoded).utf8)[...]
    }

    private static let simpleEscapes: [UInt8: UInt8] = [
        UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "'"): UInt8(ascii: "'"),
        UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "n"): UInt8(ascii: "\n"),
        UInt8(ascii: "r"): UInt8(ascii: "\r"), UInt8(ascii: "t"): UInt8(ascii: "\t"),
    ]

    private static func hexadecimal(_ digits: ArraySlice<UInt8>, digits count: Int) -> Int? {
        guard digits.count == count, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return Int(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private static func malformed(_ line: ArraySlice<UInt8>, _ place: CheckpointLocation) -> CheckpointError {
        .pickle(.badText(printable(line, limit: 40)), at: place)
    }
}
