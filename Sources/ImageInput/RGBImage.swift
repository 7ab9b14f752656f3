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
    /// - Throws: `ImageError` unless the size is one that `Frame` takes and `pixels` has three bytes for each pixel.
    public init(width: Int, height: Int, pixels: [UInt8], name: String = "image") throws {
        let count = try Frame.Format.rgb24.byteCount(width: width, height: height)
        guard pixels.count == count else {
            throw ImageError.frame(
                name: name, format: .rgb24, expected: "\(count) bytes", found: "\(pixels.count) bytes")
        }
        self.init(ImageSize(width: width, height: height), pixels, name: name)
    }

    private init(_ size: ImageSize, _ pixels: [UInt8], name: String) {
        width = size.width
        height = size.height
        self.pixels = pixels
        self.name = name
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
        self.init(size, pixels, name: name)
    }
}
