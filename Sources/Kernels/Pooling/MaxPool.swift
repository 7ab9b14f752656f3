/// Maximum pooling with a square window, any stride, and padding that never wins.
///
/// NaN wins over everything, as in the networks' framework.
public struct MaxPool: Sendable, Equatable {
    /// Columns of the input.
    public let inputWidth: Int
    /// Rows of the input.
    public let inputHeight: Int
    /// Columns and rows of the window.
    public let window: Int
    /// Input pixels from one output pixel to the next, both ways.
    public let stride: Int
    /// Pixels around the image that windows may reach into; at most half the window.
    public let padding: Int

    /// Pooling of planes of `inputHeight` × `inputWidth` pixels.
    ///
    /// - Precondition: window and stride are positive, no number is negative, and the padding is at most half the window.
    public init(inputWidth: Int, inputHeight: Int, window: Int, stride: Int, padding: Int) {
        precondition(inputWidth >= 0 && inputHeight >= 0 && window > 0 && stride > 0)
        precondition(padding >= 0 && 2 * padding <= window)
        self.inputWidth = inputWidth
        self.inputHeight = inputHeight
        self.window = window
        self.stride = stride
        self.padding = padding
    }

    /// Columns of the output.
    public var width: Int { outputSize(inputWidth) }
    /// Rows of the output.
    public var height: Int { outputSize(inputHeight) }

    private func outputSize(_ size: Int) -> Int {
        let span = size + 2 * padding - window
        return size == 0 || span < 0 ? 0 : span / stride + 1
    }

    /// Pools the given planes: pixel `(y, x)` of plane `c` lies at `c * planeStride + y * width + x`, both in the input
    /// and, with its own stride and width, in the output. Calls for different planes may run at the same time.
    /// Allocates nothing.
    ///
    /// - Precondition: the planes lie in both buffers.
    func run<Element: KernelElement>(
        _: Element.Type, input: UnsafePointer<Element>, inputPlaneStride: Int,
        output: UnsafeMutablePointer<Element>, outputPlaneStride: Int, planes: Range<Int>
    ) {
        for plane in planes {
            let source = input + plane &* inputPlaneStride
            for row in 0..<height {
                let y = row &* stride &- padding
                let rows = max(0, y)..<min(inputHeight, y &+ window)
                let destination = output + (plane &* outputPlaneStride &+ row &* width)
                let inside = vectorColumns
                for column in 0..<inside.lowerBound {
                    destination[column] = maximum(source, rows: rows, column: column)
                }
                var column = inside.lowerBound
                while column < inside.upperBound {
                    // The last vector ends with the range, and may overlap the one before.
                    let first = min(column, inside.upperBound &- 8)
                    storeVector(maxima(source, rows: rows, column: first), destination + first)
                    column = first &+ 8
                }
                for column in inside.upperBound..<width {
                    destination[column] = maximum(source, rows: rows, column: column)
                }
            }
        }
    }

    /// The columns of the output that are computed eight at a time: those whose windows lie within the image, if there are
    /// eight or more and their pixels can be loaded as vectors; none of them otherwise.
    private var vectorColumns: Range<Int> {
        guard stride <= 2, inputWidth >= window else { return 0..<0 }
        let first = (padding &+ stride &- 1) / stride
        let end = min(width, (inputWidth &+ padding &- window) / stride &+ 1)
        return end &- first >= 8 ? first..<end : 0..<0
    }

    /// The maxima of eight neighbouring windows that lie within the image but for rows.
    @inline(__always)
    private func maxima<Element: KernelElement>(
        _ plane: UnsafePointer<Element>, rows: Range<Int>, column: Int
    ) -> SIMD8<Element> {
        var result = SIMD8<Element>(repeating: -.infinity)
        for row in rows {
            let pixels = plane + (row &* inputWidth &+ column &* stride &- padding)
            for offset in 0..<window {
                result = Element.maximum(result, loadStrided(pixels + offset, stride: stride))
            }
        }
        return result
    }

    /// The maximum of what a window has in common with the image.
    private func maximum<Element: KernelElement>(
        _ plane: UnsafePointer<Element>, rows: Range<Int>, column: Int
    ) -> Element {
        let x = column &* stride &- padding
        var result = -Element.infinity
        for row in rows {
            for column in max(0, x)..<min(inputWidth, x &+ window) {
                let value = plane[row &* inputWidth &+ column]
                // Not `max`: a comparison with NaN is false, so NaN replaces any value and is replaced by none.
                if !(value <= result) && !result.isNaN { result = value }
            }
        }
        return result
    }

    /// What `run` computes, a pixel at a time.
    func runReference<Element: KernelElement>(
        _: Element.Type, input: UnsafePointer<Element>, inputPlaneStride: Int,
        output: UnsafeMutablePointer<Element>, outputPlaneStride: Int, planes: Range<Int>
    ) {
        for plane in planes {
            for row in 0..<height {
                let y = row * stride - padding
                for column in 0..<width {
                    output[plane * outputPlaneStride + row * width + column] = maximum(
                        input + plane * inputPlaneStride, rows: max(0, y)..<min(inputHeight, y + window), column: column
                    )
                }
            }
        }
    }
}
