/// What an image may ask of the machine. Each limit is checked before the memory it speaks of is allocated.
public struct ImageLimits: Equatable, Sendable {
    /// The longest width or height, in pixels.
    public var side = 16_384
    /// The most pixels in all.
    public var pixels = 64_000_000
    /// The most pixels of a JPEG file that is beyond `side` or `pixels` and is decoded at a half, a quarter or an eighth of
    /// its sides, so that it is within. Networks take far smaller images, so that the answer hardly changes.
    public var reduciblePixels = 256_000_000
    /// The longest file, in bytes.
    public var fileBytes = 256 << 20
    /// The most scans in a JPEG file that has more than one. A scan of a few bytes can rework every coefficient.
    public var scans = 100
    /// The most blocks of 64 coefficients that all scans of such a file may rework, though twenty scans are always allowed.
    public var scanBlocks = 32 << 20
    /// The most memory for the coefficients of a JPEG file in several scans: about two bytes a sample.
    public var coefficientBytes = 640 << 20
    /// Whether pixels stay as they are stored, whatever Exif data say of how the camera was held: torchvision's loader
    /// leaves them so.
    public var ignoresOrientation = false

    /// The limits that apply unless a caller raises or lowers one.
    public static let `default` = ImageLimits()

    /// The default limits, each to be changed as needed.
    public init() {}

    /// By how much the sides of a JPEG file are to be divided, so that it is within the limits: 1, 2, 4 or 8; 1 where none
    /// of them does.
    func reduction(of size: ImageSize) -> Int {
        guard size.width * size.height <= reduciblePixels else { return 1 }
        return [1, 2, 4, 8].first { (try? check(size.reduced(by: $0), name: "")) != nil } ?? 1
    }

    /// How many scans a file may have that keeps `coefficientBytes` of coefficients.
    func scans(coefficientBytes: Int) -> Int {
        let blocks = max(coefficientBytes / 128, 1)
        return min(scans, max(20, scanBlocks / blocks))
    }

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
