/// What is wrong with a tar archive, or with what PyTorch kept in it.
public enum TarFault: Equatable, Sendable {
    /// A member's header lacks the format's name.
    case magic(found: String)
    /// A header's checksum is not that of its bytes.
    case checksum(expected: Int, found: Int)
    /// A number in a header is not written in octal digits.
    case notOctal(field: String, found: String)
    /// The archive is not closed by two blocks of zeros.
    case noEnd
    /// Something other than zeros follows the end.
    case afterEnd
    /// Two members have one name.
    case duplicateMember(String)
    /// A member that PyTorch writes is absent.
    case missingMember(String)
    /// A member that has to be a file is a link, a directory or a device.
    case notFile(type: UInt8)
    /// A storage or tensor is described by something else than its tuple.
    case record(expected: String, found: String)
    /// Two storages or tensors have one number.
    case duplicateNumber(Int)
    /// Nothing has this number.
    case unknownNumber(Int)
}

extension TarFault: CustomStringConvertible {
    /// What was expected and what was found.
    public var description: String {
        switch self {
        case .magic(let found): "tar: expected ustar, found \"\(printable(found))\""
        case .checksum(let expected, let found): "tar: expected header checksum \(expected), found \(found)"
        case .notOctal(let field, let found): "tar: \(field): expected octal digits, found \"\(printable(found))\""
        case .noEnd: "tar: expected two blocks of zeros at the end, found none"
        case .afterEnd: "tar: expected zeros after the end, found data"
        case .duplicateMember(let name): "tar: two members named \"\(printable(name))\""
        case .missingMember(let name): "tar: member \"\(name)\" is missing"
        case .notFile(let type): "tar: expected a file, found a member of type 0x\(String(type, radix: 16))"
        case .record(let expected, let found): "tar: expected \(expected), found \(printable(found))"
        case .duplicateNumber(let number): "tar: two objects with number \(number)"
        case .unknownNumber(let number): "tar: no storage or tensor has number \(number)"
        }
    }
}
