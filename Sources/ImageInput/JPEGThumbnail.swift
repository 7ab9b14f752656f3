/// The JPEG image that an application segment of another one holds.
package enum JPEGThumbnail {
    /// Where the thumbnail begins within a segment's content, as the segment says; `nil` where it says nothing of one.
    ///
    /// Sources: JFIF 1.02, extension `JFXX`; Exif 2.32, tag 0x0201 of the second directory.
    package static func start(in content: UnsafeRawBufferPointer) -> Int? {
        if content.starts(with: "JFXX\0\u{10}".utf8) { return 6 }
        guard content.starts(with: "Exif\0\0".utf8),
            let tiff = TIFFReader(UnsafeRawBufferPointer(rebasing: content[6...])),
            let first = tiff.uint32(at: 4), let entries = tiff.uint16(at: first),
            let second = tiff.uint32(at: first + 2 + 12 * entries), second > 0
        else { return nil }
        return tiff.value(of: 0x0201, in: second).map { 6 + $0 }
    }
}
