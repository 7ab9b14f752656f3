import CImageCodecs

/// JPEG files, by libjpeg-turbo.
enum JPEGFile {
    /// Decodes and turns upright.
    ///
    /// - Precondition: `bytes` is not empty.
    /// - Throws: `ImageError`.
    static func decode(_ bytes: UnsafeRawBufferPointer, name: String, limits: ImageLimits) throws -> RGBImage {
        let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        var header = JPEGHeader()
        var failure = CodecFailure()
        guard let decoder = condensenet_jpeg_open(start, bytes.count, &header, &failure) else {
            if failure.fault == codecTooBig { try limits.check(header.size, name: name) }
            throw failure.error(name: name, format: .jpeg)
        }
        defer { condensenet_jpeg_close(decoder) }
        let reduction = limits.reduction(of: header.size)
        let size = header.size.reduced(by: reduction)
        try limits.check(size, name: name)
        guard header.coefficientBytes <= limits.coefficientBytes else {
            throw ImageError.tooLarge(
                name: name, quantity: .coefficientBytes, found: header.coefficientBytes,
                limit: limits.coefficientBytes)
        }
        // The library counts its tables and line buffers too.
        let libraryLimit = limits.coefficientBytes.addingReportingOverflow(64 << 20)
        let image = try RGBImage(size: size, name: name) { pixels in
            let scans = limits.scans(coefficientBytes: header.coefficientBytes)
            let decoded = condensenet_jpeg_read(
                decoder, UInt32(reduction), CInt(clamping: scans),
                libraryLimit.overflow ? .max : libraryLimit.partialValue,
                pixels.baseAddress!, &failure)
            guard !decoded else { return }
            throw failure.fault == codecTooManyScans
                ? ImageError.tooLarge(name: name, quantity: .scans, found: scans + 1, limit: scans)
                : failure.error(name: name, format: .jpeg)
        }
        guard !limits.ignoresOrientation else { return image }
        let exif = UnsafeRawBufferPointer(rebasing: bytes[header.exifOffset...].prefix(header.exifLength))
        return try image.upright(from: Orientation(exif: exif))
    }
}

extension JPEGHeader {
    fileprivate var size: ImageSize { ImageSize(width: Int(width), height: Int(height)) }
}
