/// Reads the numbers of a Netpbm file, in text or raw.
struct NetpbmReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset: Int
    private let name: String

    init(_ bytes: UnsafeRawBufferPointer, from offset: Int, name: String) {
        self.bytes = bytes
        self.offset = offset
        self.name = name
    }

    func malformed(_ reason: String) -> ImageError {
        .malformed(name: name, format: .netpbm, reason: reason, offset: offset)
    }

    /// The next decimal number, after white space and comments, of which at least one must come first.
    ///
    /// - Throws: `ImageError.malformed` if something else follows; `what` names the number in the message.
    mutating func number(_ what: String) throws -> Int {
        let start = offset
        skipSpaceAndComments()
        guard offset < bytes.count else { throw malformed("the file ends before \(what)") }
        guard offset > start, digit(at: offset) != nil else { throw malformed("expected \(what)") }
        var value = 0
        while let digit = digit(at: offset) {
            let (tens, tooLong) = value.multipliedReportingOverflow(by: 10)
            let (sum, tooLarge) = tens.addingReportingOverflow(digit)
            guard !tooLong, !tooLarge else { throw malformed("\(what) is too large") }
            value = sum
            offset += 1
        }
        return value
    }

    /// The next sample in text.
    ///
    /// - Throws: `ImageError.malformed` if it is missing, no number, or above `maximum`.
    mutating func plainSample(_ maximum: Int) throws -> Int {
        let value = try number("a sample")
        guard value <= maximum else { throw malformed("sample \(value) above the largest, \(maximum)") }
        return value
    }

    /// The next sample in one or two bytes, the high one first.
    ///
    /// - Precondition: `require` has passed for it.
    mutating func rawSample(_ byteCount: Int) -> Int {
        let start = offset
        offset += byteCount
        return byteCount == 1 ? Int(bytes[start]) : Int(bytes[start]) << 8 | Int(bytes[start + 1])
    }

    /// Passes the single white-space byte between header and raw samples.
    mutating func skipOneSpace() throws {
        guard offset < bytes.count, isSpace(bytes[offset]) else { throw malformed("expected white space") }
        offset += 1
    }

    /// Refuses a file that has fewer than `count` bytes left for an image of `size`.
    func require(_ count: Int, of size: ImageSize) throws {
        guard count <= bytes.count - offset else {
            throw malformed("\(size) pixels need \(count) bytes, \(bytes.count - offset) are left in the file")
        }
    }

    private mutating func skipSpaceAndComments() {
        var inComment = false
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "#") { inComment = true }
            guard inComment || isSpace(byte) else { return }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { inComment = false }
            offset += 1
        }
    }

    private func digit(at offset: Int) -> Int? {
        guard offset < bytes.count else { return nil }
        let value = Int(bytes[offset]) - Int(UInt8(ascii: "0"))
        return (0...9).contains(value) ? value : nil
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
