extension RGBImage {
    /// The picture turned upright: first row on top, first column at the left.
    ///
    /// - Throws: `MemoryError`.
    func upright(from orientation: Orientation) throws -> RGBImage {
        // Where the first upright pixel is stored, and the distances in storage to the next pixel and the next row.
        let pixel = 3
        let row = 3 * width
        let lastPixel = row - pixel
        let lastRow = (height - 1) * row
        let (first, across, down) =
            switch orientation {
            case .topLeft: (0, pixel, row)
            case .topRight: (lastPixel, -pixel, row)
            case .bottomRight: (lastRow + lastPixel, -pixel, -row)
            case .bottomLeft: (lastRow, pixel, -row)
            case .leftTop: (0, row, pixel)
            case .rightTop: (lastRow, -row, pixel)
            case .rightBottom: (lastRow + lastPixel, -row, -pixel)
            case .leftBottom: (lastPixel, row, -pixel)
            }
        if orientation == .topLeft { return self }
        let size = orientation.swapsSides ? ImageSize(width: height, height: width) : self.size
        return try pixels.withUnsafeBufferPointer { source in
            try RGBImage(size: size, name: name) { destination in
                var written = 0
                for y in 0..<size.height {
                    var read = first + y * down
                    for _ in 0..<size.width {
                        destination[written] = source[read]
                        destination[written + 1] = source[read + 1]
                        destination[written + 2] = source[read + 2]
                        written += 3
                        read += across
                    }
                }
            }
        }
    }
}
