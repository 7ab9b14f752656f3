/// Bounds-checked integers of a TIFF structure in its own byte order.
struct TIFFReader {
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

    /// The one value of `tag` in the directory at an offset; `nil` where the directory has no such tag, or is broken.
    func value(of tag: Int, in directory: Int) -> Int? {
        guard let entries = uint16(at: directory) else { return nil }
        for entry in 0..<entries {
            let offset = directory + 2 + 12 * entry
            guard let found = uint16(at: offset) else { return nil }
            if found == tag {
                return uint32(at: offset + 4) == 1 ? integer(at: offset + 8, type: uint16(at: offset + 2)) : nil
            }
        }
        return nil
    }

    /// A value of type 1 (BYTE), 3 (SHORT) or 4 (LONG).
    private func integer(at offset: Int, type: Int?) -> Int? {
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
