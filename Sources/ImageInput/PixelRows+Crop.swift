extension RGBImage {
    /// The middle `side` × `side` pixels, zero-padded where the image is smaller: what torchvision's
    /// `CenterCrop(side)` makes of a PIL image.
    ///
    /// - Throws: `ImageError` for a side that no image has; `MemoryError`.
    public func centerCropped(to side: Int) throws -> RGBImage {
        _ = try Frame.Format.rgb24.byteCount(width: side, height: side)
        let columns = CropAxis(length: width, crop: side)
        let rows = CropAxis(length: height, crop: side)
        return try cropped(columns: columns.kept, rows: rows.kept)
            .padded(left: columns.padding, top: rows.padding, to: ImageSize(width: side, height: side))
    }

    /// The image within a black one of `size`.
    ///
    /// - Precondition: it fits there.
    /// - Throws: `MemoryError`.
    func padded(left: Int, top: Int, to size: ImageSize) throws -> RGBImage {
        if size == self.size { return self }
        return try pixels.withUnsafeBufferPointer { input in
            try RGBImage(size: size, name: name) { output in
                output.initialize(repeating: 0)
                let length = 3 * width
                for row in 0..<height {
                    copy(
                        input[(row * length)..<((row + 1) * length)], to: output,
                        at: 3 * ((row + top) * size.width + left))
                }
            }
        }
    }
}

extension PixelRows {
    /// The pixels in `columns` and `rows`.
    ///
    /// - Precondition: the ranges lie within the picture and are not empty.
    /// - Throws: `MemoryError`.
    func cropped(columns: Range<Int>, rows: Range<Int>) throws -> RGBImage {
        if let image = self as? RGBImage, columns == 0..<size.width, rows == 0..<size.height { return image }
        return try RGBImage(size: ImageSize(width: columns.count, height: rows.count), name: name) { output in
            let length = 3 * columns.count
            forEachRow(in: rows) { index, row in
                copy(row[(3 * columns.lowerBound)..<(3 * columns.upperBound)], to: output, at: index * length)
            }
        }
    }
}

private func copy(
    _ bytes: Slice<UnsafeBufferPointer<UInt8>>, to output: UnsafeMutableBufferPointer<UInt8>, at start: Int
) {
    _ = UnsafeMutableBufferPointer(rebasing: output[start..<(start + bytes.count)]).update(fromContentsOf: bytes)
}
