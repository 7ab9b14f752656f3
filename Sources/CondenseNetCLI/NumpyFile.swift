import CommandLineSupport
import Foundations
import Glibc
import ModelFormat

/// Float32 arrays in NumPy's `.npy` format, versions 1 to 3, C order.
enum NumpyFile {
    /// Bytes of the longest header: NumPy itself reads no longer ones.
    private static let headerBytes = 10_000

    /// Reads an array.
    ///
    /// - Throws: `CommandFailure` or `ModelFormatError` naming what was expected and found.
    static func read(_ path: String) throws -> (shape: [Int], storage: Storage, dataOffset: Int) {
        let storage = try FileInput.read(path, limit: FormatLimits.fileBytes)
        let bytes = UnsafeRawBufferPointer(storage.bytes)
        func failure(_ reason: String) -> CommandFailure { CommandFailure(.badData, "\(path): \(reason)") }
        guard bytes.count >= 10, bytes[..<6].elementsEqual([0x93] + Array("NUMPY".utf8)) else {
            throw failure("expected a .npy file, found \(bytes.isEmpty ? "an empty file" : "a file of another kind")")
        }
        guard (1...3).contains(bytes[6]), bytes[7] == 0 else {
            throw failure("expected .npy version 1, 2 or 3, found \(bytes[6]).\(bytes[7])")
        }
        let lengthSize = bytes[6] == 1 ? 2 : 4
        guard bytes.count >= 8 + lengthSize else { throw failure("expected a header length, found the end") }
        let headerLength = (0..<lengthSize).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        let start = 8 + lengthSize
        guard headerLength <= bytes.count - start else {
            throw failure("expected a header of \(headerLength) bytes, found \(bytes.count - start)")
        }
        let header = bytes[start..<(start + headerLength)]
        guard header.count <= Self.headerBytes, header.allSatisfy({ $0 < 0x80 }) else {
            let found = header.count > Self.headerBytes ? "\(header.count)" : "others"
            throw failure("expected a header of at most \(Self.headerBytes) ASCII characters, found \(found)")
        }
        let shape = try Self.shape(String(decoding: header, as: UTF8.self), failure)
        var count = 4
        for dimension in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow, product <= FormatLimits.fileBytes else {
                throw failure("expected at most \(FormatLimits.fileBytes) bytes, found shape \(shape)")
            }
            count = product
        }
        let dataOffset = start + headerLength
        guard bytes.count - dataOffset == count else {
            throw failure("expected \(count) bytes of data for shape \(shape), found \(bytes.count - dataOffset)")
        }
        return (shape, storage, dataOffset)
    }

    /// A version 1 file of zeros, and its elements; they live as long as the storage.
    ///
    /// - Throws: `ModelFormatError` for a file beyond its limit or beyond memory.
    static func zeros(shape: [Int]) throws -> (storage: Storage, elements: UnsafeMutableBufferPointer<Float>) {
        let dimensions = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(dimensions)), }"
        // Spaces let the data begin at a multiple of 64 bytes.
        let padding = String(repeating: " ", count: 63 - (dictionary.utf8.count + 10) % 64)
        let text = dictionary + padding + "\n"
        let header =
            [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count & 0xFF), UInt8(text.utf8.count >> 8)]
            + text.utf8
        let floats = header.count / 4 + shape.reduce(1, *)
        guard 4 * floats <= FormatLimits.fileBytes else {
            throw ModelFormatError.limit(what: "bytes of the file", found: 4 * floats, limit: FormatLimits.fileBytes)
        }
        let storage = try Storage(zeroedFloats: floats)
        storage.bytes.copyBytes(from: header)
        let elements = UnsafeMutableBufferPointer(start: storage.floats, count: floats)
        return (storage, UnsafeMutableBufferPointer(rebasing: elements[(header.count / 4)...]))
    }

    /// What the header says, as NumPy reads it.
    private static func shape(_ header: String, _ failure: (String) -> CommandFailure) throws -> [Int] {
        let entries: [String: NumpyLiteral]
        do {
            entries = try NumpyLiteral.dictionary(header)
        } catch let error as NumpyLiteral.Malformed {
            throw failure("expected a header as NumPy writes it, found \(error.reason): \(header.prefix(80))")
        }
        guard Set(entries.keys) == ["descr", "fortran_order", "shape"] else {
            let found = entries.keys.sorted().joined(separator: ", ").prefix(80)
            throw failure("expected a header of descr, fortran_order and shape, found \(found)")
        }
        guard case .string(let type) = entries["descr"] else {
            throw failure("expected element type '<f4', found a structured one")
        }
        guard type == "<f4" else { throw failure("expected element type '<f4', found '\(type.prefix(40))'") }
        guard case .bool(let isFortran) = entries["fortran_order"] else {
            throw failure("expected True or False for fortran_order, found something else")
        }
        guard !isFortran else { throw failure("expected C order, found Fortran order") }
        guard case .tuple(let shape) = entries["shape"] else {
            throw failure("expected a shape, a tuple of whole numbers, found something else")
        }
        guard shape.allSatisfy({ $0 >= 0 }) else {
            throw failure("expected a shape of whole numbers, found \(String(describing: shape).prefix(80))")
        }
        // As many as NumPy has dimensions.
        guard shape.count <= 64 else { throw failure("expected at most 64 dimensions, found \(shape.count)") }
        return shape
    }
}
