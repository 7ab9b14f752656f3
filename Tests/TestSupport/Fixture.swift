import Foundation

/// Access to the committed test fixtures. A missing fixture throws, so that a test fails rather than skips.
public enum Fixture {
    /// The repository's root.
    public static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The path of a file under `Tests/Fixtures`.
    public static func path(_ name: String) -> String {
        root.appendingPathComponent("Tests/Fixtures/\(name)").path
    }

    /// The bytes of a file under `Tests/Fixtures`.
    public static func bytes(_ name: String) throws -> [UInt8] {
        try contents(path(name))
    }

    /// The array in a NumPy file under `Tests/Fixtures`.
    public static func array(_ name: String) throws -> NumpyArray {
        try NumpyArray(npy: try bytes(name))
    }
}

/// A float32 or uint8 NumPy array in C order, as the fixtures hold them.
public struct NumpyArray {
    /// Sizes of the dimensions, the slowest first.
    public let shape: [Int]
    /// The elements in C order.
    public let values: [Float]

    /// The images of a `[N, C, H, W]` array, each `[C, H, W]`.
    public var images: [[Float]] {
        let size = values.count / shape[0]
        return (0..<shape[0]).map { Array(values[($0 * size)..<(($0 + 1) * size)]) }
    }

    struct Malformed: Error { let reason: String }

    /// A `.npy` file: its header's text padded as the format asks, then the data.
    public static func file(
        version: UInt8 = 1, type: String = "<f4", fortran: String = "False", shape: String, _ data: [UInt8]
    ) -> [UInt8] {
        var header = "{'descr': '\(type)', 'fortran_order': \(fortran), 'shape': \(shape), }"
        let prefix = version == 1 ? 10 : 12
        while (prefix + header.utf8.count + 1) % 64 != 0 { header += " " }
        header += "\n"
        let count = header.utf8.count
        var bytes = [0x93] + Array("NUMPY".utf8) + [version, 0, UInt8(count & 255), UInt8(count >> 8)]
        bytes += version == 1 ? [] : [0, 0]
        bytes += header.utf8
        return bytes + data
    }

    /// The array in the bytes of a version 1 file.
    public init(npy bytes: [UInt8]) throws {
        guard bytes.count > 10, bytes.starts(with: [0x93] + Array("NUMPY".utf8)), bytes[6] == 1 else {
            throw Malformed(reason: "not a version 1 .npy file")
        }
        let headerLength = Int(bytes[8]) | Int(bytes[9]) << 8
        let header = String(decoding: bytes[10..<(10 + headerLength)], as: UTF8.self)
        guard let open = header.firstIndex(of: "("), let close = header.firstIndex(of: ")"),
            header.contains("'fortran_order': False")
        else { throw Malformed(reason: header) }
        shape = header[header.index(after: open)..<close].split(separator: ",").compactMap {
            Int($0.trimmingCharacters(in: .whitespaces))
        }
        let data = bytes[(10 + headerLength)...]
        let count = shape.reduce(1, *)
        if header.contains("'<f4'") {
            guard data.count == 4 * count else { throw Malformed(reason: "length") }
            values = data.withUnsafeBytes { raw in
                (0..<count).map { Float(bitPattern: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
            }
        } else if header.contains("'|u1'") {
            guard data.count == count else { throw Malformed(reason: "length") }
            values = data.map(Float.init)
        } else {
            throw Malformed(reason: header)
        }
    }
}
