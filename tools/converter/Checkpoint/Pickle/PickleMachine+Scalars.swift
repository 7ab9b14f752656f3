/// Numbers, text and bytes.
extension PickleMachine {
    /// Bytes of the widest integer that is read, in binary or as text: a decimal number's conversion takes time quadratic
    /// in its length. PyTorch's own have ten, or 24 digits.
    private static let widestInteger = 64

    mutating func integer(_ opcode: PickleOpcode, _ reader: inout ByteReader) throws -> PickleValue {
        switch opcode {
        case .binInt: return .integer(Int(try reader.integer(Int32.self)))
        case .binInt1: return .integer(Int(try reader.byte()))
        case .binInt2: return .integer(Int(try reader.integer(UInt16.self)))
        case .long1: return try twosComplement(Int(try reader.byte()), &reader)
        case .long4:
            let count = Int(try reader.integer(Int32.self))
            guard count >= 0 else { throw fault(.badLength("\(count)")) }
            return try twosComplement(count, &reader)
        case .int:
            // Protocols 0 and 1 write booleans as integers of two digits.
            let digits = try number(&reader)
            return switch digits {
            case "00": .boolean(false)
            case "01": .boolean(true)
            default: try decimal(digits)
            }
        default:
            let digits = try number(&reader)
            return try decimal(digits.hasSuffix("L") ? String(digits.dropLast()) : digits)
        }
    }

    mutating func real(_ opcode: PickleOpcode, _ reader: inout ByteReader) throws -> PickleValue {
        if opcode == .binFloat {
            return .real(Double(bitPattern: try reader.integer(UInt64.self).byteSwapped))
        }
        let digits = try number(&reader)
        guard let value = Double(digits) else { throw fault(.notANumber(digits)) }
        return .real(value)
    }

    /// The index of `PUT` and `GET`.
    mutating func decimalIndex(_ reader: inout ByteReader) throws -> Int {
        let digits = try number(&reader)
        guard let index = Int(digits), index >= 0 else { throw fault(.notANumber(digits)) }
        return index
    }

    mutating func text(_ opcode: PickleOpcode, _ reader: inout ByteReader) throws -> ArraySlice<UInt8> {
        switch opcode {
        case .string: try PickleText.unquoted(try reader.line(), at: place)
        case .unicode: try PickleText.unescaped(try reader.line(), at: place)
        case .shortBinString, .shortBinUnicode: try reader.take(Int(try reader.byte()))
        case .binString: try reader.take(try length(try reader.integer(Int32.self)))
        case .binUnicode8: try reader.take(try length(try reader.integer(UInt64.self)))
        default: try reader.take(try length(try reader.integer(UInt32.self)))
        }
    }

    mutating func skipBytes(_ opcode: PickleOpcode, _ reader: inout ByteReader) throws {
        let count =
            switch opcode {
            case .shortBinBytes: Int(try reader.byte())
            case .binBytes: try length(try reader.integer(UInt32.self))
            default: try length(try reader.integer(UInt64.self))
            }
        _ = try reader.take(count)
    }

    private func length(_ value: some FixedWidthInteger) throws -> Int {
        guard let length = Int(exactly: value), length >= 0 else { throw fault(.badLength("\(value)")) }
        return length
    }

    /// A number written as text: one line of bounded length.
    private func number(_ reader: inout ByteReader) throws -> String {
        let line = try reader.line()
        guard line.count <= Self.widestInteger else { throw tooWide(line.count) }
        return String(decoding: line, as: UTF8.self)
    }

    private func decimal(_ digits: String) throws -> PickleValue {
        if let value = Int(digits) { return .integer(value) }
        guard let bytes = wideInteger(digits) else { throw fault(.notANumber(digits)) }
        return .wideInteger(bytes[...])
    }

    private func twosComplement(_ count: Int, _ reader: inout ByteReader) throws -> PickleValue {
        guard count <= Self.widestInteger else { throw tooWide(count) }
        let bytes = try reader.take(count)
        guard count <= 8 else { return .wideInteger(bytes) }
        let negative = (bytes.last ?? 0) >= 0x80
        return .integer(
            bytes.reversed().reduce(negative ? -1 : 0) { value, byte in value << 8 | Int(byte) })
    }

    private func tooWide(_ count: Int) -> CheckpointError {
        .overLimit(.integerBytes, limit: Self.widestInteger, found: count, at: place)
    }
}

/// The two's complement of a positive decimal number, least significant byte first; `nil` for other text.
private func wideInteger(_ digits: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for digit in digits.utf8 {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        var carry = Int(digit - UInt8(ascii: "0"))
        for index in bytes.indices {
            carry += 10 * Int(bytes[index])
            bytes[index] = UInt8(truncatingIfNeeded: carry)
            carry >>= 8
        }
        if carry > 0 { bytes.append(UInt8(carry)) }
    }
    if let last = bytes.last, last >= 0x80 { bytes.append(0) }
    return bytes.isEmpty ? nil : bytes
}
