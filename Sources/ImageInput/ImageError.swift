import Foundations

/// Why an image cannot be had. Every case says which image, and what was expected or found.
public enum ImageError: Error, Equatable, Sendable {
    /// The bytes begin like no image that is decoded here.
    case notAnImage(name: String, found: String)
    /// The image uses a feature of its format that is not decoded.
    case unsupported(name: String, format: ImageFormat, feature: String)
    /// The bytes break the format, or end inside the image; `offset` counts the bytes read until then.
    case malformed(name: String, format: ImageFormat, reason: String, offset: Int)
    /// A quantity is beyond its limit.
    case tooLarge(name: String, quantity: Quantity, found: Int, limit: Int)
    /// After resizing and cropping, the image does not have the size that the network takes.
    case wrongSize(name: String, expected: ImageSize, found: ImageSize)
    /// A frame's size, planes or rows do not hold its pixels.
    case frame(name: String, format: Frame.Format, expected: String, found: String)
    /// A transform's parameters are out of range or contradict each other.
    case transform(parameter: String, expected: String, found: String)

    /// What a limit counts.
    public enum Quantity: String, Sendable {
        /// Columns.
        case width
        /// Rows.
        case height
        /// Pixels of the whole image.
        case pixels
        /// Bytes of the file.
        case fileBytes = "bytes"
        /// Scans of a progressive JPEG.
        case scans
        /// Bytes that a progressive JPEG's coefficients take.
        case coefficientBytes = "bytes of coefficients"
    }

    /// Bad data.
    public var category: ErrorCategory { .badData }
}

extension ImageError: CategorizedError {
    /// One line.
    public var description: String {
        switch self {
        case .notAnImage(let name, let found): "\(name): expected a JPEG, PNG, WebP, PPM or PGM image, found \(found)"
        case .unsupported(let name, let format, let feature): "\(name): unsupported \(format) feature: \(feature)"
        case .malformed(let name, let format, let reason, let offset):
            "\(name): malformed \(format) image at byte \(offset): \(reason)"
        case .tooLarge(let name, let quantity, let found, let limit):
            "\(name): expected at most \(limit) \(quantity.unit), found \(found)"
        case .wrongSize(let name, let expected, let found):
            "\(name): the network takes \(expected) pixels, the image comes out at \(found)"
        case .frame(let name, let format, let expected, let found):
            "\(name): expected \(expected) for \(format.rawValue), found \(found)"
        case .transform(let parameter, let expected, let found): "\(parameter): expected \(expected), found \(found)"
        }
    }
}

extension ImageError.Quantity {
    /// What a message says after the number.
    fileprivate var unit: String {
        switch self {
        case .width, .height: "pixels of \(rawValue)"
        default: rawValue
        }
    }
}
