/// Uncompressed pixels in memory that belongs to someone else, such as a camera's buffer.
///
/// A frame copies nothing and keeps nothing alive: its bytes must stay, and stay unchanged, as long as it is used. Wherever a
/// frame is taken, its pixels are read where they are, a row at a time.
///
/// ```swift
/// let predictions = try pixels.withUnsafeBytes {
///     try classifier.classify(Frame(.nv12, width: 640, height: 480, bytes: $0))
/// }
/// ```
public struct Frame {
    /// How pixels lie in memory. Raw values are the names that `--frames` knows.
    public enum Format: String, CaseIterable, Sendable {
        /// Red, green and blue, a byte each. What cameras call RGB888 is often `bgr24`.
        case rgb24
        /// Blue, green and red, a byte each.
        case bgr24
        /// Red, green, blue, and a fourth byte that is ignored.
        case rgba
        /// Blue, green, red, and a fourth byte that is ignored.
        case bgra
        /// One byte, which becomes red, green and blue.
        case gray
        /// A plane of luma, and a plane of Cb and Cr in turn, a pair for two by two pixels.
        case nv12
        /// A plane of luma, one of Cb and one of Cr, a sample of each for two by two pixels; also called I420.
        case yuv420
    }

    /// Rows of samples of one kind.
    public struct Plane {
        /// The samples, rows from the top.
        public let bytes: UnsafeRawBufferPointer
        /// Bytes from one row to the next.
        public let rowBytes: Int

        /// Rows that begin `rowBytes` bytes apart in `bytes`; the last need not be filled up.
        public init(_ bytes: UnsafeRawBufferPointer, rowBytes: Int) {
            self.bytes = bytes
            self.rowBytes = rowBytes
        }
    }

    /// What messages call the frame.
    public let name: String
    /// How the pixels lie in memory.
    public let format: Format
    /// In pixels.
    public let size: ImageSize
    /// As many as the format has.
    public let planes: [Plane]

    /// A frame whose planes lie anywhere.
    ///
    /// - Throws: `ImageError.tooLarge` for a size beyond `ImageLimits.default`, `ImageError.frame` for another size that no
    ///   image has, or for planes that do not hold all pixels.
    public init(_ format: Format, width: Int, height: Int, planes: [Plane], name: String = "frame") throws {
        size = try format.size(width: width, height: height, name: name)
        self.format = format
        self.planes = planes
        self.name = name
        guard planes.count == format.planeCount else {
            throw error("\(format.planeCount) planes", planes.count)
        }
        for (index, plane) in planes.enumerated() {
            let (length, rows) = format.extent(of: index, size)
            guard plane.rowBytes >= length else {
                throw error("at least \(length) bytes a row in plane \(index)", plane.rowBytes)
            }
            // Divided rather than multiplied, since a row may be as long as a number can be.
            guard plane.bytes.count >= length, (plane.bytes.count - length) / plane.rowBytes >= rows - 1 else {
                throw error("\(rows) rows of \(plane.rowBytes) bytes in plane \(index)", "\(plane.bytes.count) bytes")
            }
        }
    }

    /// A frame whose planes follow one another, as in a file or a stream of frames.
    ///
    /// - Parameters:
    ///   - bytes: exactly the frame, or more.
    ///   - rowBytes: bytes from one row of the first plane to the next; `nil` for rows without padding. Rows of Cb and Cr are
    ///     half as long in `yuv420`, and as long in `nv12`.
    /// - Throws: as `init(_:width:height:planes:name:)`.
    public init(
        _ format: Format, width: Int, height: Int, bytes: UnsafeRawBufferPointer, rowBytes: Int? = nil,
        name: String = "frame"
    ) throws {
        let size = try format.size(width: width, height: height, name: name)
        var planes: [Plane] = []
        var start = 0
        for index in 0..<format.planeCount {
            let (length, rows) = format.extent(of: index, size)
            let step = rowBytes.map { index == 0 ? $0 : format.chromaRowBytes($0) } ?? length
            planes.append(Plane(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(start)), rowBytes: step))
            // What is too long for the buffer leaves nothing to the next plane, which the other initializer refuses.
            start = step > 0 && step <= (bytes.count - start) / rows ? start + step * rows : bytes.count
        }
        try self.init(format, width: width, height: height, planes: planes, name: name)
    }

    private func error(_ expected: String, _ found: Any) -> ImageError {
        .frame(name: name, format: format, expected: expected, found: "\(found)")
    }
}

extension Frame.Format {
    /// How many planes a frame has.
    public var planeCount: Int {
        switch self {
        case .rgb24, .bgr24, .rgba, .bgra, .gray: 1
        case .nv12: 2
        case .yuv420: 3
        }
    }

    /// Bytes of a frame whose rows have no padding.
    ///
    /// - Throws: `ImageError` for a size that no frame has.
    public func byteCount(width: Int, height: Int) throws -> Int {
        let size = try size(width: width, height: height, name: "frame")
        return (0..<planeCount).reduce(0) { sum, plane in
            let (length, rows) = extent(of: plane, size)
            return sum + length * rows
        }
    }

    /// Bytes of a row of a plane without padding.
    ///
    /// - Throws: `ImageError` for a size that no frame has.
    package func rowBytes(of plane: Int, width: Int, height: Int) throws -> Int {
        extent(of: plane, try size(width: width, height: height, name: "frame")).length
    }

    /// A size that is within the limits.
    fileprivate func size(width: Int, height: Int, name: String) throws -> ImageSize {
        let size = ImageSize(width: width, height: height)
        guard width >= 1, height >= 1 else {
            throw ImageError.frame(name: name, format: self, expected: "at least 1×1 pixels", found: "\(size)")
        }
        try ImageLimits.default.check(size, name: name)
        return size
    }

    /// Bytes that a row of a plane holds, and rows.
    fileprivate func extent(of plane: Int, _ size: ImageSize) -> (length: Int, rows: Int) {
        let half = size.reduced(by: 2)
        return switch self {
        case .rgb24, .bgr24: (3 * size.width, size.height)
        case .rgba, .bgra: (4 * size.width, size.height)
        case .gray: (size.width, size.height)
        case .nv12: plane == 0 ? (size.width, size.height) : (2 * half.width, half.height)
        case .yuv420: plane == 0 ? (size.width, size.height) : (half.width, half.height)
        }
    }

    /// The distance between rows of Cb and Cr where rows of luma are `rowBytes` apart.
    fileprivate func chromaRowBytes(_ rowBytes: Int) -> Int {
        let half = rowBytes / 2 + rowBytes % 2
        return self == .nv12 ? half.multipliedReportingOverflow(by: 2).partialValue : half
    }
}
