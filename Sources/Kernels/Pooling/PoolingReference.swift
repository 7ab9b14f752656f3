/// The numbers that define a pooling with a square window over planes.
public struct PoolingGeometry: Equatable, Sendable {
    public var kernel: Int
    public var stride: Int
    public var padding: Int
    public var inputHeight: Int
    public var inputWidth: Int

    public init(kernel: Int, stride: Int, padding: Int, inputHeight: Int, inputWidth: Int) {
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
    }

    public var outputHeight: Int { (inputHeight + 2 * padding - kernel) / stride + 1 }
    public var outputWidth: Int { (inputWidth + 2 * padding - kernel) / stride + 1 }

    /// The input rows (or columns) that the window at `position` covers.
    @inline(__always)
    func window(_ position: Int, of size: Int) -> Range<Int> {
        let start = position * stride - padding
        return max(start, 0)..<min(start + kernel, size)
    }
}

/// One plane of maximum pooling; padding never wins. A NaN in a window may or may not reach the output.
public func maximumPoolingReference(
    _ geometry: PoolingGeometry, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
) {
    for y in 0..<geometry.outputHeight {
        for x in 0..<geometry.outputWidth {
            var largest = -Float.infinity
            for row in geometry.window(y, of: geometry.inputHeight) {
                for column in geometry.window(x, of: geometry.inputWidth) {
                    largest = max(largest, input[row * geometry.inputWidth + column])
                }
            }
            output[y * geometry.outputWidth + x] = largest
        }
    }
}

/// One plane of average pooling without padding: the window's sum, row by row, times 1/k².
///
/// - Precondition: `geometry.padding == 0`.
public func averagePoolingReference(
    _ geometry: PoolingGeometry, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
) {
    let factor = 1 / Float(geometry.kernel * geometry.kernel)
    for y in 0..<geometry.outputHeight {
        for x in 0..<geometry.outputWidth {
            var sum: Float = 0
            for row in geometry.window(y, of: geometry.inputHeight) {
                for column in geometry.window(x, of: geometry.inputWidth) {
                    sum += input[row * geometry.inputWidth + column]
                }
            }
            output[y * geometry.outputWidth + x] = sum * factor
        }
    }
}

/// The mean of one plane, each pixel `x` counting as `max(x · scale + shift, 0)` where `scale` and `shift` are given.
public func globalAveragePoolingReference(
    pixels: Int, input: UnsafePointer<Float>, scale: Float?, shift: Float?
) -> Float {
    var sum: Float = 0
    for index in 0..<pixels {
        if let scale, let shift {
            sum += max(input[index] * scale + shift, 0)
        } else {
            sum += input[index]
        }
    }
    return sum / Float(pixels)
}
