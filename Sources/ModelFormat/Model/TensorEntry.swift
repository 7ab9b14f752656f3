import Foundations

/// A tensor's place in a file.
struct TensorEntry: Equatable, Sendable {
    let name: String
    let elementType: ElementType
    let shape: [Int]
    /// Byte offset from the start of the file; a multiple of the element's size.
    let offset: Int
    /// Elements.
    let count: Int

    /// The bytes of the file that hold the tensor.
    var range: Range<Int> { offset..<(offset + count * elementType.size) }

    /// Reads one member of the header.
    ///
    /// - Parameters:
    ///   - dataStart: where the file's data section begins.
    ///   - end: where the tensor before ends, from there; moved to this tensor's end.
    /// - Throws: `ModelFormatError` naming the tensor.
    init(_ member: JSONValue.Member, dataStart: Int, end: inout Int) throws {
        func failure(_ expected: String, _ found: String) -> ModelFormatError {
            .tensor(name: member.name, expected: expected, found: found)
        }
        guard member.name.isIdentifier else { throw failure(String.identifierRule, "\"\(member.name)\"") }
        var fields = try JSONMembers(member.value, path: member.name)
        let word = try fields.identifier("dtype")
        guard let elementType = ElementType(rawValue: word) else {
            throw failure("element type F32, F16, I32 or I8", "\"\(word)\"")
        }
        let shape = try fields.integers("shape")
        let offsets = try fields.integers("data_offsets", count: 2)
        try fields.finish()
        guard shape.count <= FormatLimits.rank, shape.allSatisfy({ $0 > 0 }) else {
            throw failure("at most \(FormatLimits.rank) dimensions, all positive", "\(shape)")
        }
        var byteCount = elementType.size
        for dimension in shape {
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: dimension)
            guard !overflow, product <= FormatLimits.fileBytes else {
                throw failure("at most \(FormatLimits.fileBytes) bytes", "shape \(shape)")
            }
            byteCount = product
        }
        guard offsets[0] == end else {
            throw failure("data from offset \(end), where the tensor before ends", "\(offsets[0])")
        }
        guard offsets[1] == end + byteCount else {
            throw failure("data up to offset \(end + byteCount)", "\(offsets[1])")
        }
        let offset = dataStart + end
        guard offset.isMultiple(of: elementType.size) else {
            throw failure("a file offset that \(elementType.size) divides", "\(offset)")
        }
        end += byteCount
        name = member.name
        self.elementType = elementType
        self.shape = shape
        self.offset = offset
        count = byteCount / elementType.size
    }
}
