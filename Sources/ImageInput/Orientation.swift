/// How a camera held the image that it stored, in Exif's numbering: where the stored first row and first column lie in
/// the upright picture (Exif 2.32, tag 0x0112).
enum Orientation: Int {
    case topLeft = 1
    case topRight
    case bottomRight
    case bottomLeft
    case leftTop
    case rightTop
    case rightBottom
    case leftBottom

    /// Rows of the stored image are columns of the upright one.
    var swapsSides: Bool { rawValue >= Orientation.leftTop.rawValue }

    /// The orientation that an Exif block, from its TIFF header on, gives to the main image. A block that is broken or
    /// gives none leaves the image as stored: it says nothing about the pixels.
    init(exif bytes: UnsafeRawBufferPointer) {
        self = Self.read(TIFFReader(bytes)) ?? .topLeft
    }

    private static func read(_ tiff: TIFFReader?) -> Orientation? {
        guard let tiff, let directory = tiff.uint32(at: 4), let entries = tiff.uint16(at: directory) else { return nil }
        for entry in 0..<entries {
            let offset = directory + 2 + 12 * entry
            guard let tag = tiff.uint16(at: offset) else { return nil }
            if tag == 0x0112 {
                guard tiff.uint32(at: offset + 4) == 1 else { return nil }
                return tiff.integer(at: offset + 8, type: tiff.uint16(at: offset + 2)).flatMap(Orientation.init)
            }
        }
        return nil
    }
}

/// Bounds-checked integers of a TIFF structure in its own byte order.
private struct TIFFReader {
    let bytes: UnsafeRawBufferPointer
    let bigEndian: Bool

    /// `nil` unless `bytes` start with a TIFF header.
    init?(_ bytes: UnsafeRawBufferPointer) {
        if bytes.starts(with: "II*\0".utf8) {
            bigEndian = false
        } else if bytes.starts(with: "MM\0*".utf8) {
            bigEndian = true
        } else {
            return nil
        }
        self.bytes = bytes
    }

    func uint16(at offset: Int) -> Int? {
        load(UInt16.self, at: offset).map { Int(bigEndian ? UInt16(bigEndian: $0) : UInt16(littleEndian: $0)) }
    }

    func uint32(at offset: Int) -> Int? {
        load(UInt32.self, at: offset).map { Int(bigEndian ? UInt32(bigEndian: $0) : UInt32(littleEndian: $0)) }
    }

    /// A value of type 1 (BYTE), 3 (SHORT) or 4 (LONG).
    func integer(at offset: Int, type: Int?) -> Int? {
        switch type {
        case 1: load(UInt8.self, at: offset).map(Int.init)
        case 3: uint16(at: offset)
        case 4: uint32(at: offset)
        default: nil
        }
    }

    private func load<T: FixedWidthInteger>(_ type: T.Type, at offset: Int) -> T? {
        guard offset >= 0, bytes.count >= MemoryLayout<T>.size, offset <= bytes.count - MemoryLayout<T>.size else {
            return nil
        }
        return bytes.loadUnaligned(fromByteOffset: offset, as: type)
    }
}
