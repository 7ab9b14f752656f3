import CBytes
import ModelFormat

/// How the bytes that a group of outputs reads lie in a panel, for a band of output rows.
///
/// A panel has steps of `CONDENSENET_BYTES_CHANNELS` elements, whose bytes lie together at each position. Where windows move by
/// one pixel, elements are channels, and positions are pixels of rows with padding between them, which two rows share: then
/// each weight of a filter reads the same step from another position on. Where they move by more, elements are all that a
/// filter reads, and positions are outputs.
struct PanelShape: Sendable {
    /// Bytes after each step, which are written and read beyond its last position and ignored.
    private static let slack = 16 * Int(CONDENSENET_BYTES_PIXEL)
    /// Pixels of a row where planes are read as one run of pixels.
    private static let run = 32

    /// Whether the planes are one run of pixels: nothing is padded, and windows are single pixels.
    let isFlat: Bool
    /// Whether windows move by more than one pixel.
    let isStrided: Bool
    /// The kernel's side, its stride, and the padding around the input.
    let kernel: Int
    let stride: Int
    let padding: Int
    /// Rows and columns of the input.
    let height: Int
    let width: Int
    /// Rows and columns of the output.
    let outputHeight: Int
    let outputWidth: Int
    /// Pixels of the output.
    private let outputPixels: Int
    /// Positions from one row to the next.
    let rowStride: Int
    /// What each output of a group multiplies, in order of the weights, but for `taps`.
    let elements: Int
    /// Weights of each element.
    let taps: Int

    /// The panels of a convolution.
    init(_ convolution: Convolution, channels: Int, input: PlaneShape, output: PlaneShape) {
        kernel = convolution.kernel
        stride = convolution.stride
        padding = convolution.padding
        isStrided = stride > 1
        isFlat = kernel == 1 && stride == 1
        outputPixels = output.pixels
        let area = kernel * kernel
        elements = isStrided ? channels * area : channels
        taps = isStrided ? 1 : area
        if isFlat {
            (height, width) = ((input.pixels + Self.run - 1) / Self.run, Self.run)
            (outputHeight, outputWidth) = (height, width)
        } else {
            (height, width) = (input.height, input.width)
            (outputHeight, outputWidth) = (output.height, output.width)
        }
        rowStride = isStrided ? outputWidth : width + padding
    }

    /// Steps of a panel.
    var steps: Int { (elements + Int(CONDENSENET_BYTES_CHANNELS) - 1) / Int(CONDENSENET_BYTES_CHANNELS) }

    /// Steps that are multiplied, each tap of each element's counted, up to a whole number of those that are summed at once.
    var products: Int {
        (steps * taps + Int(CONDENSENET_BYTES_STEPS) - 1) / Int(CONDENSENET_BYTES_STEPS) * Int(CONDENSENET_BYTES_STEPS)
    }

    /// Rows of the panel for `rows` rows of the output.
    func panelRows(_ rows: Int) -> Int { isStrided ? rows : rows + kernel - 1 }

    /// Bytes from one step to the next, for `rows` rows of the output.
    func stepBytes(_ rows: Int) -> Int {
        let positions = panelRows(rows) * rowStride + padding
        return (positions * Int(CONDENSENET_BYTES_PIXEL) + Self.slack + 63) / 64 * 64
    }

    /// Bytes of the panel for `rows` rows of the output.
    func byteCount(_ rows: Int) -> Int { steps * stepBytes(rows) }

    /// As many rows as make a panel of at most `bytes`, and at least one.
    func rows(fitting bytes: Int) -> Int {
        var rows = outputHeight
        while rows > 1 && byteCount(rows) > bytes { rows = (rows + 1) / 2 }
        return rows
    }

    /// Positions from the first output of a band to behind its last.
    func positions(_ rows: Range<Int>) -> Int {
        isFlat
            ? min(outputPixels - rows.lowerBound * width, rows.count * width)
            : (rows.count - 1) * rowStride + outputWidth
    }

    /// Where the first output of a band finds each step that is multiplied, in bytes from the panel's start.
    func offsets(_ rows: Int) -> [Int32] {
        var offsets: [Int32] = []
        for step in 0..<steps {
            for tap in 0..<taps {
                let position = tap / kernel * rowStride + tap % kernel
                offsets.append(Int32(step * stepBytes(rows) + position * Int(CONDENSENET_BYTES_PIXEL)))
            }
        }
        while offsets.count < products { offsets.append(0) }
        return offsets
    }
}
