/// An image's width and height.
public struct ImageSize: Equatable, Sendable, CustomStringConvertible {
    /// In pixels.
    public var width: Int
    /// In pixels.
    public var height: Int

    /// A size in pixels.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// Width × height, as in `640×480`.
    public var description: String { "\(width)×\(height)" }

    /// The size of an image decoded at one `divisor`th of its sides, rounded up.
    func reduced(by divisor: Int) -> ImageSize {
        ImageSize(width: (width + divisor - 1) / divisor, height: (height + divisor - 1) / divisor)
    }

    /// The size whose shorter side is `side` and whose longer side is `⌊side · longer / shorter⌋`, as torchvision's
    /// `Resize` gives it.
    ///
    /// - Precondition: both sides and `side` are at least 1, and `side` times the longer side fits in `Int`.
    package func scaled(shorterSide side: Int) -> ImageSize {
        width <= height
            ? ImageSize(width: side, height: side * height / width)
            : ImageSize(width: side * width / height, height: side)
    }
}
