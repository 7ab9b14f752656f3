/// How a camera held the image that it stored, in Exif's numbering: where the stored first row and first column lie in
/// the upright picture (Exif 2.32, tag 0x0112).
enum Orientation: Int {
    case topLeft = 1
    case topRight
    case bottomRight
    case bottomLeft
    case leftTop
    case rightTop
    case rightBottom
    case leftBottom

    /// Rows of the stored image are columns of the upright one.
    var swapsSides: Bool { rawValue >= Orientation.leftTop.rawValue }

    /// The orientation that an Exif block, from its TIFF header on, gives to the main image. A block that is broken or
    /// gives none leaves the image as stored: it says nothing about the pixels.
    init(exif bytes: UnsafeRawBufferPointer) {
        self = Self.read(TIFFReader(bytes)) ?? .topLeft
    }

    private static func read(_ tiff: TIFFReader?) -> Orientation? {
        guard let tiff, let directory = tiff.uint32(at: 4) else { return nil }
        return tiff.value(of: 0x0112, in: directory).flatMap(Orientation.init)
    }
}
