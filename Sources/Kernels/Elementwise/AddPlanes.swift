/// Adds the pixels of two stacks of planes, with ReLU of the sums where `rectifiesOutput` is set: a residual
/// connection.
///
/// - Parameters:
///   - a: planes of `pixels` floats, `aPlaneStride` apart.
///   - b: likewise.
///   - output: likewise; may be `a` or `b`. Floats between planes are left alone.
///   - planes: the planes to add; calls for different planes may run at the same time. Allocates nothing.
public func addPlanes(
    _ a: UnsafePointer<Float>, aPlaneStride: Int, _ b: UnsafePointer<Float>, bPlaneStride: Int,
    output: UnsafeMutablePointer<Float>, outputPlaneStride: Int, pixels: Int, planes: Range<Int>, rectifiesOutput: Bool
) {
    for plane in planes {
        let a = a + plane &* aPlaneStride
        let b = b + plane &* bPlaneStride
        let output = output + plane &* outputPlaneStride
        var pixel = 0
        while pixel &+ 8 <= pixels {
            let sum = loadVector(a + pixel) + loadVector(b + pixel)
            storeVector(rectifiesOutput ? relu(sum) : sum, output + pixel)
            pixel &+= 8
        }
        while pixel < pixels {
            let sum = a[pixel] + b[pixel]
            output[pixel] = rectifiesOutput ? relu(sum) : sum
            pixel &+= 1
        }
    }
}

/// What `addPlanes` computes, a pixel at a time.
public func addPlanesReference(
    _ a: UnsafePointer<Float>, aPlaneStride: Int, _ b: UnsafePointer<Float>, bPlaneStride: Int,
    output: UnsafeMutablePointer<Float>, outputPlaneStride: Int, pixels: Int, planes: Range<Int>, rectifiesOutput: Bool
) {
    for plane in planes {
        for pixel in 0..<pixels {
            let sum = a[plane * aPlaneStride + pixel] + b[plane * bPlaneStride + pixel]
            output[plane * outputPlaneStride + pixel] = rectifiesOutput ? relu(sum) : sum
        }
    }
}
