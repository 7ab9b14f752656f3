/// Some rows of some planes with the padding of a convolution around them, copied so that a kernel's windows can be read
/// without asking where the image ends.
///
/// Row `r` and column `x` of the padded image lie at `plane * planeStride + (r - firstRow) * rowStride + x`.
struct PaddedBand {
    /// Elements from one row to the next.
    let rowStride: Int
    /// Elements from one plane to the next.
    let planeStride: Int
    private let inputWidth: Int
    private let inputHeight: Int
    private let padding: Int
    private let rows: Int

    /// Elements beyond a row that kernels read and ignore.
    static let slack = 16

    /// Bands of `rows` rows of padded planes of `inputHeight` × `inputWidth` pixels.
    init(inputWidth: Int, inputHeight: Int, padding: Int, rows: Int) {
        self.inputWidth = inputWidth
        self.inputHeight = inputHeight
        self.padding = padding
        self.rows = rows
        rowStride = roundUp(inputWidth &+ 2 &* padding, toMultipleOf: 8)
        // An odd number of cache lines, so that planes do not fall into few sets of the cache.
        planeStride = (roundUp(rows &* rowStride, toMultipleOf: 16) / 16 | 1) &* 16
    }

    /// Elements in a buffer of `planes` planes.
    func count(planes: Int) -> Int { planes &* planeStride &+ 2 &* Self.slack }

    /// Copies `count` rows (at most a band's) of the padded image of one plane, from `firstRow` on, and lets `transform`
    /// change the pixels of each row but not the padding.
    ///
    /// - Parameter source: pixel `(y, x)` at `y * inputWidth + x`.
    @inline(__always)
    func copy<Element: KernelElement>(
        to buffer: UnsafeMutablePointer<Element>, from source: UnsafePointer<Element>, firstRow: Int, count: Int,
        transform: (UnsafeMutablePointer<Element>) -> Void
    ) {
        var row = buffer
        for number in firstRow..<firstRow &+ count {
            let y = number &- padding
            if y < 0 || y >= inputHeight {
                row.update(repeating: 0, count: inputWidth &+ 2 &* padding)
            } else {
                row.update(repeating: 0, count: padding)
                (row + padding).update(from: source + y &* inputWidth, count: inputWidth)
                transform(row + padding)
                (row + (padding &+ inputWidth)).update(repeating: 0, count: padding)
            }
            row += rowStride
        }
    }
}
