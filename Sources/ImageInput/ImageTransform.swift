import Foundations

/// How an image becomes a network's input: resize, centre crop, normalise.
public struct ImageTransform: Equatable, Sendable {
    /// The shorter side after resizing; `nil` keeps the image's size.
    public let resize: Int?
    /// The side of the centre crop, zero-padded where the image is smaller; `nil` keeps all pixels.
    public let crop: Int?
    /// Subtracted from each plane's samples, which run from 0 to 1; in the order of the planes.
    public let mean: [Float]
    /// Divides the differences; in the order of the planes.
    public let std: [Float]
    /// The order in which colours fill the planes.
    public let colorOrder: ColorOrder
    /// How the image is resized, antialiased.
    public let interpolation: Interpolation
    /// The size that the network takes.
    public let outputSize: ImageSize

    /// A transform into `[3, H, W]` planes of `outputSize`.
    ///
    /// - Throws: `ImageError.transform` unless `resize` and `crop` are 1 to 16,384, `crop` gives `outputSize`, and
    ///   `mean` and `std` are three finite numbers, those of `std` not 0.
    public init(
        resize: Int?, crop: Int?, mean: [Float], std: [Float], colorOrder: ColorOrder = .rgb,
        interpolation: Interpolation = .bilinear, outputSize: ImageSize
    ) throws {
        let sides = 1...ImageLimits.default.side
        func require(_ holds: Bool, _ parameter: String, _ expected: String, _ found: Any) throws {
            guard holds else {
                throw ImageError.transform(parameter: parameter, expected: expected, found: "\(found)")
            }
        }
        let range = "\(sides.lowerBound) to \(sides.upperBound)"
        try require(sides.contains(outputSize.width) && sides.contains(outputSize.height), "input", range, outputSize)
        if let resize { try require(sides.contains(resize), "resize", range, resize) }
        if let crop {
            try require(
                crop == outputSize.width && crop == outputSize.height, "crop", "the input's \(outputSize)", crop)
        }
        let finite = "three finite numbers"
        try require(mean.count == 3 && mean.allSatisfy(\.isFinite), "mean", finite, mean)
        try require(
            std.count == 3 && std.allSatisfy { $0.isFinite && $0 != 0 }, "std", finite + " other than 0", std)
        self.resize = resize
        self.crop = crop
        self.mean = mean
        self.std = std
        self.colorOrder = colorOrder
        self.interpolation = interpolation
        self.outputSize = outputSize
    }

    /// Writes the network's input for `image`: planes `[3, H, W]`, rows from the top, each sample
    /// `(value / 255 − mean) / std` in float32, as torchvision's `ToTensor` and `Normalize` compute it.
    ///
    /// Only the pixels that the crop keeps are resized, so that a very long image costs no more than another.
    ///
    /// - Throws: `ImageError.transform` unless `buffer` has 3 · H · W elements, `.wrongSize` if `image` does not come out at
    ///   `outputSize`; `MemoryError`; `buffer` is then untouched.
    public func apply(to image: RGBImage, into buffer: UnsafeMutableBufferPointer<Float>) throws {
        try apply(toRows: image, into: buffer)
    }

    /// Writes the network's input for `frame`, whose pixels are converted to RGB and then treated as an image's.
    ///
    /// - Throws: as for an image.
    public func apply(to frame: Frame, into buffer: UnsafeMutableBufferPointer<Float>) throws {
        try apply(toRows: frame, into: buffer)
    }

    private func apply(toRows image: some PixelRows, into buffer: UnsafeMutableBufferPointer<Float>) throws {
        let count = 3 * outputSize.width * outputSize.height
        guard buffer.count == count else {
            throw ImageError.transform(parameter: "buffer", expected: "\(count) floats", found: "\(buffer.count)")
        }
        normalise(try fitted(rows: image), into: buffer)
    }

    /// `image` resized and cropped: the network's input before normalisation.
    ///
    /// - Throws: `ImageError.wrongSize` if it does not come out at `outputSize`; `MemoryError`.
    public func fitted(_ image: RGBImage) throws -> RGBImage { try fitted(rows: image) }

    private func fitted(rows image: some PixelRows) throws -> RGBImage {
        let target = resize.map(image.size.scaled(shorterSide:)) ?? image.size
        guard let crop else {
            guard target == outputSize else {
                throw ImageError.wrongSize(name: image.name, expected: outputSize, found: target)
            }
            return try resized(image, to: target, columns: 0..<target.width, rows: 0..<target.height)
        }
        let columns = CropAxis(length: target.width, crop: crop)
        let rows = CropAxis(length: target.height, crop: crop)
        return try resized(image, to: target, columns: columns.kept, rows: rows.kept)
            .padded(left: columns.padding, top: rows.padding, to: outputSize)
    }

    private func resized(
        _ image: some PixelRows, to target: ImageSize, columns: Range<Int>, rows: Range<Int>
    ) throws -> RGBImage {
        try target == image.size
            ? image.cropped(columns: columns, rows: rows)
            : image.resampled(to: target, columns: columns, rows: rows, interpolation: interpolation)
    }

    private func normalise(_ image: RGBImage, into buffer: UnsafeMutableBufferPointer<Float>) {
        let count = image.width * image.height
        for plane in 0..<3 {
            let channel = colorOrder == .rgb ? plane : 2 - plane
            let values = (0...255).map { (Float($0) / 255 - mean[plane]) / std[plane] }
            image.pixels.withUnsafeBufferPointer { pixels in
                for index in 0..<count { buffer[plane * count + index] = values[Int(pixels[3 * index + channel])] }
            }
        }
    }
}
