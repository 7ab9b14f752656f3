import Foundations

/// Expands deflated data to exactly `size` bytes.
///
/// One byte more than `size` is ever allocated: data that expand to more stop there.
///
/// - Throws: `CheckpointError`, `MemoryError`.
func inflate(_ data: ArraySlice<UInt8>, size: Int, at place: CheckpointLocation) throws -> ArraySlice<UInt8> {
    // No byte of deflate expands to more than 1,032, so a size beyond that is a lie and is not allocated for.
    let (most, overflow) = data.count.multipliedReportingOverflow(by: 1032)
    guard overflow || size <= most else {
        throw CheckpointError.zip(.inflatedSize(expected: size, found: most), at: place)
    }
    let inflater = try Inflater(.raw)
    try MemoryRoom.require(size + 1)
    var status = Inflater.Status.more
    var inputLeft = data.count
    let output = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, filled in
        data.withUnsafeBytes { input in
            while status == .more, filled <= size {
                let step = inflater.inflate(
                    UnsafeRawBufferPointer(rebasing: input.suffix(inputLeft)),
                    into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...size]))
                status = step.status
                inputLeft -= step.read
                filled += step.written
                if step.read == 0, step.written == 0 { break }
            }
        }
    }
    if output.count > size || (status == .end && output.count < size) {
        throw CheckpointError.zip(.inflatedSize(expected: size, found: output.count), at: place)
    }
    guard status == .end else { throw CheckpointError.zip(.corruptDeflate, at: place) }
    guard inputLeft == 0 else { throw CheckpointError.zip(.deflateTail(count: inputLeft), at: place) }
    return output[...]
}

/// The CRC-32 of the bytes, as zip archives store it.
func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.withUnsafeBytes { CRC32($0).value } }
