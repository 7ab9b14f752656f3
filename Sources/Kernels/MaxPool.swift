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
    public func run(
        input: UnsafePointer<Float>, inputPlaneStride: Int, output: UnsafeMutablePointer<Float>, outputPlaneStride: Int,
        planes: Range<Int>
    ) {
        for plane in planes {
            let source = input + plane &* inputPlaneStride
            for row in 0..<height {
                let y = row &* stride &- padding
                let rows = max(0, y)..<min(inputHeight, y &+ window)
                let destination = output + (plane &* outputPlaneStride &+ row &* width)
                for column in 0..<width {
                    let x = column &* stride &- padding
                    let columns = max(0, x)..<min(inputWidth, x &+ window)
                    destination[column] = maximum(source, rows: rows, columns: columns)
                }
            }
        }
    }

    @inline(__always)
    private func maximum(_ plane: UnsafePointer<Float>, rows: Range<Int>, columns: Range<Int>) -> Float {
        var result = -Float.infinity
        for row in rows {
            for column in columns {
                let value = plane[row &* inputWidth &+ column]
                // Not `max`: a comparison with NaN is false, so NaN replaces any value and is replaced by none.
                if !(value <= result) && !result.isNaN { result = value }
            }
        }
        return result
    }
}
