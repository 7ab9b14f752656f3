import CZlib

/// The CRC-32 of a whole model file, taken with its own eight digits as `0`.
enum Checksum {
    /// How every model file's header begins; the digits follow.
    static let prefix = #"{"__metadata__":{"crc32":""#
    /// Where the eight lower-case hex digits are.
    static let digits = (8 + prefix.utf8.count)..<(8 + prefix.utf8.count + 8)

    /// The digits that belong into `file`.
    static func compute(_ file: UnsafeRawBufferPointer) -> String {
        var crc = crc32(0, nil, 0)
        func add(_ bytes: UnsafeRawBufferPointer) {
            crc = crc32_z(crc, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        }
        add(UnsafeRawBufferPointer(rebasing: file[..<digits.lowerBound]))
        Array("00000000".utf8).withUnsafeBytes(add)
        add(UnsafeRawBufferPointer(rebasing: file[digits.upperBound...]))
        let text = String(crc, radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
    }

    /// Throws unless `file` carries its own checksum at the fixed place.
    static func verify(_ file: UnsafeRawBufferPointer) throws {
        guard file.count >= digits.upperBound, file[8..<digits.lowerBound].elementsEqual(prefix.utf8) else {
            throw ModelFormatError.notAModel(found: "a safetensors file that was not written by the converter")
        }
        let stored = String(decoding: file[digits], as: UTF8.self)
        let computed = compute(file)
        guard stored == computed else { throw ModelFormatError.checksum(stored: stored, computed: computed) }
    }
}
