import Foundations

extension RGBImage {
    /// The image with its shorter side at `side` and its longer side at `⌊side · longer / shorter⌋`, antialiased: bit
    /// for bit what torchvision's `Resize(side, interpolation)` makes of a PIL image with Pillow up to 12. Pillow 13
    /// resamples the columns of tall images first, which differs by one step of 255 at most.
    ///
    /// An image that already has this size is returned unchanged.
    ///
    /// - Throws: `ImageError.transform` unless `side` is at least 1, `.tooLarge` if it or the result would be beyond `limits`, as a very long image's is; `MemoryError`.
    public func resized(
        shorterSide side: Int, interpolation: Interpolation = .bilinear, limits: ImageLimits = .default
    ) throws -> RGBImage {
        guard side >= 1 else {
            throw ImageError.transform(parameter: "side", expected: "at least 1", found: "\(side)")
        }
        try limits.check(ImageSize(width: side, height: 1), name: name)
        let target = size.scaled(shorterSide: side)
        if target == size { return self }
        try limits.check(target, name: name)
        return try resampled(
            to: target, columns: 0..<target.width, rows: 0..<target.height, interpolation: interpolation)
    }
}

extension PixelRows {
    /// The part of the picture resized to `target` that lies in `columns` and `rows`; the rest is not computed.
    ///
    /// Rows first, then columns, rounded to 8 bits between the two.
    ///
    /// - Precondition: the ranges lie within `target` and are not empty.
    /// - Throws: `MemoryError`.
    func resampled(
        to target: ImageSize, columns: Range<Int>, rows: Range<Int>, interpolation: Interpolation
    ) throws -> RGBImage {
        let horizontal = ResampleAxis(
            from: size.width, to: target.width, outputs: columns, interpolation: interpolation)
        let vertical = ResampleAxis(from: size.height, to: target.height, outputs: rows, interpolation: interpolation)
        let sources = vertical.sources
        let narrowed = try RGBImage(size: ImageSize(width: columns.count, height: sources.count), name: name) {
            output in
            let outputRow = 3 * columns.count
            forEachRow(in: sources) { index, row in
                let output = UnsafeMutableBufferPointer(rebasing: output[(index * outputRow)...])
                Self.resampleRow(row, along: horizontal, into: output)
            }
        }
        return try RGBImage(size: ImageSize(width: columns.count, height: rows.count), name: name) { output in
            narrowed.pixels.withUnsafeBufferPointer { input in
                Self.resampleColumns(
                    input, rowLength: 3 * columns.count, firstRow: sources.lowerBound, along: vertical, into: output)
            }
        }
    }

    /// Resamples one row of pixels.
    private static func resampleRow(
        _ input: UnsafeBufferPointer<UInt8>, along axis: ResampleAxis, into output: UnsafeMutableBufferPointer<UInt8>
    ) {
        axis.weights.withUnsafeBufferPointer { weights in
            for index in 0..<axis.outputs.count {
                var red = ResampleAxis.half
                var green = ResampleAxis.half
                var blue = ResampleAxis.half
                var position = 3 * axis.starts[index]
                let firstWeight = index * axis.stride
                for tap in firstWeight..<(firstWeight + axis.counts[index]) {
                    let weight = weights[tap]
                    red &+= weight &* Int32(input[position])
                    green &+= weight &* Int32(input[position + 1])
                    blue &+= weight &* Int32(input[position + 2])
                    position += 3
                }
                output[3 * index] = ResampleAxis.sample(red)
                output[3 * index + 1] = ResampleAxis.sample(green)
                output[3 * index + 2] = ResampleAxis.sample(blue)
            }
        }
    }

    /// Resamples every column; `input`'s first row is row `firstRow` of the axis.
    private static func resampleColumns(
        _ input: UnsafeBufferPointer<UInt8>, rowLength: Int, firstRow: Int, along axis: ResampleAxis,
        into output: UnsafeMutableBufferPointer<UInt8>
    ) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: rowLength) { sums in
            for index in 0..<axis.outputs.count {
                sums.update(repeating: ResampleAxis.half)
                for tap in 0..<axis.counts[index] {
                    let weight = axis.weights[index * axis.stride + tap]
                    let start = (axis.starts[index] - firstRow + tap) * rowLength
                    for column in 0..<rowLength {
                        sums[column] &+= weight &* Int32(input[start + column])
                    }
                }
                for column in 0..<rowLength {
                    output[index * rowLength + column] = ResampleAxis.sample(sums[column])
                }
            }
        }
    }
}
