import Foundations

/// The CRC-32 of a whole model file, taken with its own eight digits as `0`.
///
/// It proves that a file is undamaged, not that it is honest: whoever changes a file can change the checksum with it.
package enum Checksum {
    /// How every model file's header begins; the digits follow.
    static let prefix = #"{"__metadata__":{"crc32":""#
    /// Where in the file the eight lower-case hex digits are.
    static let digits = (8 + prefix.utf8.count)..<(8 + prefix.utf8.count + 8)

    /// Whether `header`, the file from its ninth byte, has a checksum at its fixed place.
    static func isPresent(in header: UnsafeRawBufferPointer) -> Bool {
        let end = digits.upperBound - 8
        return header.count > end && header.starts(with: prefix.utf8) && header[end] == UInt8(ascii: "\"")
    }

    /// The digits that belong into `file`.
    ///
    /// - Precondition: the header has its place for them.
    static func compute(_ file: UnsafeRawBufferPointer) -> String {
        var crc = CRC32()
        crc.add(UnsafeRawBufferPointer(rebasing: file[..<digits.lowerBound]))
        Array("00000000".utf8).withUnsafeBytes { crc.add($0) }
        crc.add(UnsafeRawBufferPointer(rebasing: file[digits.upperBound...]))
        return crc.digits
    }

    /// The digits in `file`.
    ///
    /// - Precondition: the header has its place for them.
    /// - Throws: `ModelFormatError.checksum` unless they are those of the file's bytes.
    static func verified(_ file: UnsafeRawBufferPointer) throws -> String {
        let computed = compute(file)
        guard file[digits].elementsEqual(computed.utf8) else {
            throw ModelFormatError.checksum(
                stored: String(decoding: file[digits], as: UTF8.self), computed: computed)
        }
        return computed
    }
}
