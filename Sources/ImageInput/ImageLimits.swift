/// What an image may ask of the machine. Each limit is checked before the memory it speaks of is allocated.
public struct ImageLimits: Equatable, Sendable {
    /// The longest width or height, in pixels.
    public var side = 16_384
    /// The most pixels in all.
    public var pixels = 64_000_000
    /// The longest file, in bytes.
    public var fileBytes = 256 << 20
    /// The most scans in a JPEG file that has more than one. A scan of a few bytes can rework every coefficient.
    public var scans = 100
    /// The most memory for the coefficients of a JPEG file in several scans: about two bytes a sample.
    public var coefficientBytes = 640 << 20
    /// Whether pixels stay as they are stored, whatever Exif data say of how the camera was held: torchvision's loader
    /// leaves them so.
    public var ignoresOrientation = false

    /// The limits that apply unless a caller raises or lowers one.
    public static let `default` = ImageLimits()

    /// The default limits, each to be changed as needed.
    public init() {}

    /// Refuses a size that is beyond a limit.
    ///
    /// - Precondition: both sides are at least 1.
    /// - Throws: `ImageError.tooLarge`.
    func check(_ size: ImageSize, name: String) throws {
        guard size.width <= side else {
            throw ImageError.tooLarge(name: name, quantity: .width, found: size.width, limit: side)
        }
        guard size.height <= side else {
            throw ImageError.tooLarge(name: name, quantity: .height, found: size.height, limit: side)
        }
        let (area, overflow) = size.width.multipliedReportingOverflow(by: size.height)
        // Three samples of two bytes a pixel must be countable too, whatever the caller allows.
        guard !overflow, area <= min(pixels, Int.max / 8) else {
            throw ImageError.tooLarge(name: name, quantity: .pixels, found: overflow ? .max : area, limit: pixels)
        }
    }
}
