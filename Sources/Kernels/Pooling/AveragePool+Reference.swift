/// The mean of each `window`² square of a plane, squares `stride` apart, without padding: the sum row by row, times 1/k².
///
/// - Precondition: the plane is at least as high and wide as the window.
public func averagePoolReference(
    window: Int, stride: Int, inputWidth: Int, inputHeight: Int, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
) {
    let (width, height) = ((inputWidth - window) / stride + 1, (inputHeight - window) / stride + 1)
    let factor = 1 / Float(window * window)
    for y in 0..<height {
        for x in 0..<width {
            var sum: Float = 0
            for row in y * stride..<y * stride + window {
                for column in x * stride..<x * stride + window { sum += input[row * inputWidth + column] }
            }
            output[y * width + x] = sum * factor
        }
    }
}
