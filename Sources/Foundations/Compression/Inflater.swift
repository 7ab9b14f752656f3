import CZlib

/// Expands deflated data piece by piece, so that the output's size is what the caller has room for.
package final class Inflater {
    /// What is around the deflated data.
    package enum Wrapper: Int32 {
        /// Nothing, as in zip archives.
        case raw = -15
        /// A zlib header and trailer.
        case zlib = 15
        /// A gzip header and trailer, whose checksum is checked.
        case gzip = 31
    }

    /// How a call ended.
    package enum Status {
        /// The output is full, or more input is needed.
        case more
        /// The data ended as they should.
        case end
        /// The data are damaged.
        case corrupt
    }

    private var stream = z_stream()

    /// - Throws: `MemoryError`.
    package init(_ wrapper: Wrapper) throws {
        let status = inflateInit2_(&stream, wrapper.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw MemoryError(bytes: 1 << 16) }
    }

    deinit { inflateEnd(&stream) }

    /// Begins anew, with the next member of a gzip file.
    package func reset() { inflateReset(&stream) }

    /// Expands the front of `input` into the front of `output`.
    ///
    /// - Returns: how many bytes of each were used.
    package func inflate(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> (status: Status, read: Int, written: Int) {
        let (given, room) = (min(input.count, 1 << 30), min(output.count, 1 << 30))
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(given)
        stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(room)
        let status: Status =
            switch CZlib.inflate(&stream, Z_NO_FLUSH) {
            case Z_STREAM_END: .end
            case Z_OK, Z_BUF_ERROR: .more
            default: .corrupt
            }
        return (status, given - Int(stream.avail_in), room - Int(stream.avail_out))
    }
}
