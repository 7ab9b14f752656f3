/// What is wrong with a pickle.
public enum PickleFault: Equatable, Sendable {
    /// A byte that is no opcode.
    case unknownOpcode(UInt8)
    /// An opcode that asks for what an inert reader does not do.
    case unsupportedOpcode(String)
    /// A protocol after 5.
    case protocolVersion(found: Int)
    /// The pickle ends without `STOP`.
    case noStop
    /// `STOP` leaves other than one value.
    case leftovers(values: Int, marks: Int)
    /// An opcode takes more values than the stack, or the part above the last mark, holds.
    case stackUnderflow(needed: Int, found: Int)
    /// An opcode takes the values above a mark and there is none.
    case noMark
    /// The memo has nothing at this index.
    case memoMiss(index: Int)
    /// A class or function outside the list of those that a state dict needs.
    case forbiddenGlobal(String)
    /// Something that cannot be constructed was to be called.
    case notConstructible(String)
    /// The arguments of an allowed constructor are not what it takes.
    case arguments(of: String, expected: String, found: String)
    /// A value of another type than the opcode, or the format, needs.
    case wrongType(expected: String, found: String)
    /// A persistent id that names no storage or tensor.
    case persistentID(expected: String, found: String)
    /// Text that is no number.
    case notANumber(String)
    /// A quoted string or an escape that is malformed.
    case badText(String)
    /// A length that is negative or exceeds 64 bits.
    case badLength(String)
    /// A frame that ends after the data do.
    case frame(length: UInt64, remaining: Int)
    /// A number at the head of the file is not the format's.
    case header(part: String, expected: String, found: String)
    /// The file was written on a big-endian machine.
    case bigEndian
}

extension PickleFault: CustomStringConvertible {
    /// What was expected and what was found.
    public var description: String {
        switch self {
        case .unknownOpcode(let byte): "expected a pickle opcode, found byte 0x\(String(byte, radix: 16))"
        case .unsupportedOpcode(let name): "pickle opcode \(name) is not accepted"
        case .protocolVersion(let found): "expected pickle protocol 0 to 5, found \(found)"
        case .noStop: "expected a pickle opcode, found the end: no STOP"
        case .leftovers(let values, let marks):
            "expected one value and no mark at STOP, found \(values) and \(marks)"
        case .stackUnderflow(let needed, let found):
            "pickle stack: expected \(needed) values, found \(found)"
        case .noMark: "pickle stack: expected a mark, found none"
        case .memoMiss(let index): "pickle memo: nothing at index \(index)"
        case .forbiddenGlobal(let name):
            "\(printable(name)) is not among the names that a state dict needs: save model.state_dict() alone "
                + "(nothing in the file was run)"
        case .notConstructible(let found):
            "expected a constructor that a state dict needs, found \(printable(found)) (nothing in the file was run)"
        case .arguments(let callee, let expected, let found):
            "arguments of \(callee): expected \(expected), found \(printable(found))"
        case .wrongType(let expected, let found): "expected \(expected), found \(printable(found))"
        case .persistentID(let expected, let found):
            "persistent id: expected \(expected), found \(printable(found))"
        case .notANumber(let text): "expected a number, found \"\(printable(text))\""
        case .badText(let text): "expected a quoted string with valid escapes, found \(printable(text))"
        case .badLength(let text): "expected a length, found \(text)"
        case .frame(let length, let remaining):
            "frame of \(length) bytes, \(remaining) left"
        case .header(let part, let expected, let found):
            "\(part): expected \(expected), found \(printable(found))"
        case .bigEndian: "expected little-endian data, found big-endian"
        }
    }
}
