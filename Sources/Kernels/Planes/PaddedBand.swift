/// Some rows of some planes with the padding of a convolution around them, copied so that a kernel's windows can be read
/// without asking where the image ends.
///
/// Row `r` and column `x` of the padded image lie at `plane * planeStride + (r - firstRow) * rowStride + x`.
struct PaddedBand {
    /// Floats from one row to the next.
    let rowStride: Int
    /// Floats from one plane to the next.
    let planeStride: Int
    private let inputWidth: Int
    private let inputHeight: Int
    private let padding: Int
    private let rows: Int

    /// Floats beyond a row that kernels read and ignore.
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

    /// Floats in a buffer of `planes` planes.
    func count(planes: Int) -> Int { planes &* planeStride &+ 2 &* Self.slack }

    /// Copies `count` rows (at most a band's) of the padded image, from `firstRow` on.
    ///
    /// - Parameter source: pixel `(y, x)` of plane `c` at `c * sourcePlaneStride + y * inputWidth + x`.
    func copy(
        to buffer: UnsafeMutablePointer<Float>, from source: UnsafePointer<Float>, sourcePlaneStride: Int, planes: Int,
        firstRow: Int, count: Int
    ) {
        for plane in 0..<planes {
            var row = buffer + plane &* planeStride
            for number in firstRow..<firstRow &+ count {
                let y = number &- padding
                if y < 0 || y >= inputHeight {
                    row.update(repeating: 0, count: inputWidth &+ 2 &* padding)
                } else {
                    row.update(repeating: 0, count: padding)
                    (row + padding).update(
                        from: source + (plane &* sourcePlaneStride &+ y &* inputWidth), count: inputWidth)
                    (row + (padding &+ inputWidth)).update(repeating: 0, count: padding)
                }
                row += rowStride
            }
        }
    }
}
