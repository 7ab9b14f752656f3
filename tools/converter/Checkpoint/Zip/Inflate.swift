import CZlib

/// Expands deflated data to exactly `size` bytes.
///
/// One byte more than `size` is ever allocated: data that expand to more stop there.
func inflate(_ data: ArraySlice<UInt8>, size: Int, at place: CheckpointLocation) throws -> ArraySlice<UInt8> {
    // No byte of deflate expands to more than 1,032, so a size beyond that is a lie and is not allocated for.
    let (most, overflow) = data.count.multipliedReportingOverflow(by: 1032)
    guard overflow || size <= most else {
        throw CheckpointError.zip(.inflatedSize(expected: size, found: most), at: place)
    }
    var stream = z_stream()
    guard
        inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw CheckpointError.zip(.corruptDeflate, at: place) }
    defer { inflateEnd(&stream) }

    var status = Z_OK
    var inputLeft = data.count
    let output = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, filled in
        data.withUnsafeBufferPointer { input in
            while status == Z_OK, filled <= size {
                let given = min(inputLeft, 1 << 30)
                let room = min(size + 1 - filled, 1 << 30)
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress).map { $0 + (data.count - inputLeft) }
                stream.avail_in = UInt32(given)
                stream.next_out = buffer.baseAddress! + filled
                stream.avail_out = UInt32(room)
                status = CZlib.inflate(&stream, Z_NO_FLUSH)
                inputLeft -= given - Int(stream.avail_in)
                filled += room - Int(stream.avail_out)
            }
        }
    }
    if output.count > size || (status == Z_STREAM_END && output.count < size) {
        throw CheckpointError.zip(.inflatedSize(expected: size, found: output.count), at: place)
    }
    guard status == Z_STREAM_END else { throw CheckpointError.zip(.corruptDeflate, at: place) }
    guard inputLeft == 0 else { throw CheckpointError.zip(.deflateTail(count: inputLeft), at: place) }
    return output[...]
}

/// The CRC-32 of the bytes, as zip archives store it.
func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBufferPointer { buffer in
        UInt32(truncatingIfNeeded: crc32_z(0, buffer.baseAddress, buffer.count))
    }
}
