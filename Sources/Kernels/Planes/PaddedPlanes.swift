/// Single-precision numbers in a cache line of the processors that the kernels are meant for.
private let lineElements = 16

@inline(__always)
func roundUp(_ value: Int, toMultipleOf step: Int) -> Int {
    (value &+ step &- 1) / step &* step
}

/// The place of planes whose rows have zeros around them, as a 3×3 convolution with padding 1 reads them.
///
/// A buffer holds `rows` rows of an image, or of a band of one, and a halo row above and below. Each row is followed by
/// a gap of at least eight elements, which is also the left padding of the row after it. Row `r` (−1 to `rows`) and
/// column `x` of plane `c` lie at `c * planeStride + origin + r * rowStride + x`.
public struct PaddedPlanes: Sendable, Equatable {
    /// Pixels in a row.
    public let width: Int
    /// Rows without the halo.
    public let rows: Int
    /// Elements from one row to the next.
    public let rowStride: Int
    /// Elements from one plane to the next; an odd number of cache lines.
    public let planeStride: Int

    /// Elements between the data of two rows, at the least.
    static let gap = 8
    /// Elements beyond the last plane that kernels read and ignore.
    static let slack = 32

    /// A layout for planes of `rows` rows of `width` pixels.
    ///
    /// - Precondition: both are positive.
    public init(width: Int, rows: Int) {
        precondition(width > 0 && rows > 0)
        self.width = width
        self.rows = rows
        rowStride = roundUp(width + Self.gap, toMultipleOf: 8)
        let lines = roundUp((rows + 2) * rowStride + Self.gap, toMultipleOf: lineElements) / lineElements
        planeStride = (lines | 1) * lineElements
    }

    /// Offset of row 0, column 0 in a plane.
    public var origin: Int { rowStride + Self.gap }

    /// Elements in a buffer of `planes` planes.
    public func count(planes: Int) -> Int {
        planes * planeStride + Self.slack
    }

    /// Sets to zero the eight elements before and after the pixels of the given rows (−1 to `rows`), in every plane; the
    /// rows' own pixels stay.
    func clearGaps<Element: KernelElement>(_ buffer: UnsafeMutablePointer<Element>, planes: Int, rows: Range<Int>) {
        let zeros = SIMD8<Element>(repeating: 0)
        for plane in 0..<planes {
            var row = buffer + (plane &* planeStride &+ origin &+ rows.lowerBound &* rowStride)
            for _ in rows {
                storeVector(zeros, row - Self.gap)
                storeVector(zeros, row + width)
                row += rowStride
            }
        }
    }

    /// Sets to zero the pixels of one row (−1 to `rows`), in every plane.
    func clearRow<Element: KernelElement>(_ buffer: UnsafeMutablePointer<Element>, planes: Int, row: Int) {
        for plane in 0..<planes {
            let start = buffer + (plane &* planeStride &+ origin &+ row &* rowStride)
            start.update(repeating: 0, count: width)
        }
    }

    /// Copies rows `firstRow − 1` to `firstRow + rows` of an image into the given planes, with zeros for the rows that
    /// lie outside the image and in the gaps.
    ///
    /// - Parameters:
    ///   - buffer: planes of this layout.
    ///   - source: pixel `(y, x)` of plane `c` at `c * sourcePlaneStride + y * width + x`.
    ///   - sourcePlaneStride: elements from one plane of the source to the next.
    ///   - planes: the planes to copy; calls for different planes may run at the same time.
    ///   - height: rows of the image.
    ///   - firstRow: the row of the image that becomes row 0.
    func copy<Element: KernelElement>(
        to buffer: UnsafeMutablePointer<Element>, from source: UnsafePointer<Element>, sourcePlaneStride: Int,
        planes: Range<Int>, height: Int, firstRow: Int = 0
    ) {
        for plane in planes {
            let target = buffer + plane &* planeStride
            clearGaps(target, planes: 1, rows: -1..<rows + 1)
            for row in -1..<rows + 1 {
                let y = firstRow &+ row
                if y < 0 || y >= height {
                    clearRow(target, planes: 1, row: row)
                } else {
                    (target + (origin &+ row &* rowStride)).update(
                        from: source + (plane &* sourcePlaneStride &+ y &* width), count: width)
                }
            }
        }
    }

    /// Copies rows of every plane to other rows; `source` lies below `destination`, and the rows may overlap.
    func moveRowsUp<Element: KernelElement>(
        _ buffer: UnsafeMutablePointer<Element>, planes: Int, from source: Range<Int>, to destination: Int
    ) {
        for plane in 0..<planes {
            let base = buffer + (plane &* planeStride &+ origin)
            for (index, row) in source.enumerated() {
                let target = base + (destination &+ index) &* rowStride
                target.update(from: base + row &* rowStride, count: width)
            }
        }
    }
}
