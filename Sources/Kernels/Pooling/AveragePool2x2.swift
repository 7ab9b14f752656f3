/// Average pooling of 2×2 pixels with stride 2; an odd last column or row is left out.
///
/// Each output is `((a + b) + (c + d)) / 4` of the upper pixels `a`, `b` and the lower `c`, `d`, exactly as written.
public struct AveragePool2x2: Sendable, Equatable {
    /// Columns of the input.
    public let inputWidth: Int
    /// Rows of the input.
    public let inputHeight: Int

    /// Pooling of planes of `inputHeight` × `inputWidth` pixels.
    ///
    /// - Precondition: neither is negative.
    public init(inputWidth: Int, inputHeight: Int) {
        precondition(inputWidth >= 0 && inputHeight >= 0)
        self.inputWidth = inputWidth
        self.inputHeight = inputHeight
    }

    /// Columns of the output.
    public var width: Int { inputWidth / 2 }
    /// Rows of the output.
    public var height: Int { inputHeight / 2 }

    /// Pools the given planes: pixel `(y, x)` of plane `c` lies at `c * planeStride + y * width + x`, both in the input
    /// and, with its own stride and width, in the output. Calls for different planes may run at the same time.
    /// Allocates nothing.
    ///
    /// - Precondition: the planes lie in both buffers.
    func run<Element: KernelElement>(
        _: Element.Type, input: UnsafePointer<Element>, inputPlaneStride: Int,
        output: UnsafeMutablePointer<Element>, outputPlaneStride: Int, planes: Range<Int>
    ) {
        // The cases lie outside the loops over rows: many rows are one or two vectors.
        for plane in planes {
            let source = input + plane &* inputPlaneStride
            let destination = output + plane &* outputPlaneStride
            if width >= 8 {
                eachRow(source, destination) { upper, lower, destination in
                    var column = 0
                    while column < width &- 8 {
                        storeVector(means(upper, lower, column, column &+ 4), destination + column)
                        column &+= 8
                    }
                    // The last eight end with the row.
                    storeVector(means(upper, lower, width &- 8, width &- 4), destination + (width &- 8))
                }
            } else if width >= 4 {
                eachRow(source, destination) { upper, lower, destination in
                    let means = means(upper, lower, 0, width &- 4)
                    Element.store(means.lowHalf, destination)
                    Element.store(means.highHalf, destination + (width &- 4))
                }
            } else {
                eachRow(source, destination) { upper, lower, destination in
                    for column in 0..<width {
                        let x = 2 &* column
                        destination[column] = ((upper[x] + upper[x &+ 1]) + (lower[x] + lower[x &+ 1])) * 0.25
                    }
                }
            }
        }
    }

    /// Calls `body` with the two rows of the input and the row of the output, one after the other.
    @inline(__always)
    private func eachRow<Element>(
        _ source: UnsafePointer<Element>, _ destination: UnsafeMutablePointer<Element>,
        _ body: (UnsafePointer<Element>, UnsafePointer<Element>, UnsafeMutablePointer<Element>) -> Void
    ) {
        var (upper, destination) = (source, destination)
        for _ in 0..<height {
            body(upper, upper + inputWidth, destination)
            upper += 2 &* inputWidth
            destination += width
        }
    }

    /// Four outputs of a row from `first` on, and four from `second` on.
    @inline(__always)
    private func means<Element: KernelElement>(
        _ upper: UnsafePointer<Element>, _ lower: UnsafePointer<Element>, _ first: Int, _ second: Int
    ) -> SIMD8<Element> {
        Element.multiply(
            Element.add(pairSums(upper, first, second), pairSums(lower, first, second)), SIMD8(repeating: 0.25))
    }

    /// The sums of pairs of neighbours in a row that belong to four outputs from `first` on, and four from `second` on.
    @inline(__always)
    private func pairSums<Element: KernelElement>(
        _ row: UnsafePointer<Element>, _ first: Int, _ second: Int
    ) -> SIMD8<Element> {
        Element.pairSums(loadVector(row + 2 &* first), loadVector(row + 2 &* second))
    }

    /// What `run` computes, a pixel at a time.
    func runReference<Element: KernelElement>(
        _: Element.Type, input: UnsafePointer<Element>, inputPlaneStride: Int,
        output: UnsafeMutablePointer<Element>, outputPlaneStride: Int, planes: Range<Int>
    ) {
        for plane in planes {
            for y in 0..<height {
                for x in 0..<width {
                    let corner = input + plane * inputPlaneStride + 2 * y * inputWidth + 2 * x
                    let sum = (corner[0] + corner[1]) + (corner[inputWidth] + corner[inputWidth + 1])
                    output[plane * outputPlaneStride + y * width + x] = sum * 0.25
                }
            }
        }
    }
}
