import Foundations

/// A decoded image: 8-bit RGB, upright.
public struct RGBImage: Sendable {
    /// What messages call the image: its path, as a rule.
    public var name: String
    /// In pixels, at least 1.
    public let width: Int
    /// In pixels, at least 1.
    public let height: Int
    /// `[height, width, 3]`: rows from the top, pixels from the left, red, green and blue of each, no padding.
    public let pixels: [UInt8]

    /// Width and height.
    public var size: ImageSize { ImageSize(width: width, height: height) }

    /// An image of given pixels.
    ///
    /// - Precondition: both sides are at least 1 and `pixels` has three bytes for each pixel.
    public init(width: Int, height: Int, pixels: [UInt8], name: String = "image") {
        precondition(width >= 1 && height >= 1, "an image has at least one pixel")
        precondition(pixels.count == 3 * width * height, "an image has three bytes a pixel")
        self.width = width
        self.height = height
        self.pixels = pixels
        self.name = name
    }

    /// A copy of the image in a buffer, such as a camera's.
    ///
    /// - Parameters:
    ///   - bytes: rows from the top, pixels from the left.
    ///   - rowBytes: bytes from one row to the next; `nil` for rows without padding.
    ///   - pixelBytes: bytes of a pixel; what follows its three colours is ignored.
    ///   - order: the order of a pixel's colours in memory. What cameras call RGB888 is often blue first.
    /// - Precondition: both sides are at least 1, `pixelBytes` at least 3, and `bytes` holds every row.
    /// - Throws: `MemoryError`.
    public init(
        width: Int, height: Int, bytes: UnsafeRawBufferPointer, rowBytes: Int? = nil, pixelBytes: Int = 3,
        order: ImageTransform.ColorOrder = .rgb, name: String = "image"
    ) throws {
        precondition(width >= 1 && height >= 1, "an image has at least one pixel")
        let rowBytes = rowBytes ?? pixelBytes * width
        precondition(pixelBytes >= 3 && rowBytes >= pixelBytes * width, "a pixel has three bytes at least")
        precondition(bytes.count >= rowBytes * (height - 1) + pixelBytes * width, "the buffer ends within the image")
        let (red, blue) = order == .rgb ? (0, 2) : (2, 0)
        try self.init(size: ImageSize(width: width, height: height), name: name) { pixels in
            var place = 0
            for y in 0..<height {
                for x in 0..<width {
                    let pixel = y * rowBytes + x * pixelBytes
                    pixels[place] = bytes[pixel + red]
                    pixels[place + 1] = bytes[pixel + 1]
                    pixels[place + 2] = bytes[pixel + blue]
                    place += 3
                }
            }
        }
    }

    /// An image of `size` whose bytes `fill` writes, all of them.
    ///
    /// - Throws: `MemoryError`, and what `fill` throws.
    package init(size: ImageSize, name: String, fill: (UnsafeMutableBufferPointer<UInt8>) throws -> Void) throws {
        let count = 3 * size.width * size.height
        try MemoryRoom.require(count)
        let pixels = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            try fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            filled = count
        }
        self.init(width: size.width, height: size.height, pixels: pixels, name: name)
    }
}
