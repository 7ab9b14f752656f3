/// The mean of whole planes, gathered, scaled, shifted and rectified on the way in.
///
/// For output `c`, with `v(p) = max(input[plane(c)][p] * scale[c] + shift[c], 0)`, or the pixels as they are without a
/// scale, `y(c) = (Σ p v(p)) / pixels`. Pixels are summed in eight interleaved sums, one for each remainder of `p`
/// modulo 8, which are then added in pairs that lie four, two and one apart, and multiplied by the rounded reciprocal
/// of `pixels`.
public struct GlobalAveragePool: Sendable, Equatable {
    /// Outputs.
    public let channels: Int
    /// Pixels in a plane; not zero.
    public let pixels: Int

    /// The mean of `channels` gathered planes of `pixels` pixels.
    ///
    /// - Precondition: `channels` is not negative, and `pixels` is positive.
    public init(channels: Int, pixels: Int) {
        precondition(channels >= 0 && pixels > 0)
        self.channels = channels
        self.pixels = pixels
    }

    /// Computes the given outputs. Calls for different channels may run at the same time. Allocates nothing.
    ///
    /// - Parameters:
    ///   - input: pixel `p` of plane `c` at `c * inputPlaneStride + p`.
    ///   - inputPlaneStride: floats from one plane to the next.
    ///   - inputPlanes: the plane of each output, `[channels]`; nil where output `c` is of plane `c`.
    ///   - activation: scale and shift of each output, `[channels]` each; nil for pixels that are taken as they are.
    ///   - output: receives `[channels]`.
    ///   - range: the outputs to compute.
    /// - Precondition: the planes lie in the buffer, and the range within `0..<channels`.
    public func run(
        input: UnsafePointer<Float>, inputPlaneStride: Int, inputPlanes: UnsafePointer<Int32>?,
        activation: (scale: UnsafePointer<Float>, shift: UnsafePointer<Float>)?, output: UnsafeMutablePointer<Float>,
        channels range: Range<Int>
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= channels)
        let reciprocal = 1 / Float(pixels)
        for channel in range {
            let plane = input + (inputPlanes.map { Int($0[channel]) } ?? channel) &* inputPlaneStride
            var sums = PixelVector(repeating: 0)
            let whole = pixels & ~7
            if let activation {
                let scale = PixelVector(repeating: activation.scale[channel])
                let shift = PixelVector(repeating: activation.shift[channel])
                var pixel = 0
                while pixel < whole {
                    sums += relu(multiplyAdd(shift, loadVector(plane + pixel), scale))
                    pixel &+= 8
                }
                for rest in whole..<pixels {
                    sums[rest & 7] += relu(multiplyAdd(shift[0], plane[rest], scale[0]))
                }
            } else {
                var pixel = 0
                while pixel < whole {
                    sums += loadVector(plane + pixel)
                    pixel &+= 8
                }
                for rest in whole..<pixels { sums[rest & 7] += plane[rest] }
            }
            let four = sums.lowHalf + sums.highHalf
            let two = four.lowHalf + four.highHalf
            output[channel] = (two[0] + two[1]) * reciprocal
        }
    }

    /// What `run` computes, in the plainest way: one sum, in ascending order of the pixels, so that the results differ
    /// by rounding.
    public func runReference(
        input: UnsafePointer<Float>, inputPlaneStride: Int, inputPlanes: UnsafePointer<Int32>?,
        activation: (scale: UnsafePointer<Float>, shift: UnsafePointer<Float>)?, output: UnsafeMutablePointer<Float>
    ) {
        for channel in 0..<channels {
            let plane = input + (inputPlanes.map { Int($0[channel]) } ?? channel) * inputPlaneStride
            var sum: Float = 0
            for pixel in 0..<pixels {
                if let activation {
                    let value = multiplyAdd(activation.shift[channel], plane[pixel], activation.scale[channel])
                    sum += relu(value)
                } else {
                    sum += plane[pixel]
                }
            }
            output[channel] = sum / Float(pixels)
        }
    }
}
