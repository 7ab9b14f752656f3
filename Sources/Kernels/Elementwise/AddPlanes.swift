import ModelFormat

/// Adds the pixels of two stacks of planes and activates the sums: a residual connection.
///
/// - Parameters:
///   - a: planes of `pixels` elements, `aPlaneStride` apart.
///   - b: likewise.
///   - output: likewise; may be `a` or `b`. Elements between planes are left alone.
///   - planes: the planes to add; calls for different planes may run at the same time. Allocates nothing.
func addPlanes<Element: KernelElement>(
    _: Element.Type, _ a: UnsafePointer<Element>, aPlaneStride: Int, _ b: UnsafePointer<Element>, bPlaneStride: Int,
    output: UnsafeMutablePointer<Element>, outputPlaneStride: Int, pixels: Int, planes: Range<Int>,
    activation: Activation
) {
    for plane in planes {
        let a = a + plane &* aPlaneStride
        let b = b + plane &* bPlaneStride
        let output = output + plane &* outputPlaneStride
        var pixel = 0
        while pixel &+ 8 <= pixels {
            let sum = Element.add(loadVector(a + pixel), loadVector(b + pixel))
            storeVector(activation.applied(to: sum), output + pixel)
            pixel &+= 8
        }
        while pixel < pixels {
            output[pixel] = activation.applied(to: a[pixel] + b[pixel])
            pixel &+= 1
        }
    }
}

/// What `addPlanes` computes, a pixel at a time.
func addPlanesReference<Element: KernelElement>(
    _: Element.Type, _ a: UnsafePointer<Element>, aPlaneStride: Int, _ b: UnsafePointer<Element>, bPlaneStride: Int,
    output: UnsafeMutablePointer<Element>, outputPlaneStride: Int, pixels: Int, planes: Range<Int>,
    activation: Activation
) {
    for plane in planes {
        for pixel in 0..<pixels {
            let sum = a[plane * aPlaneStride + pixel] + b[plane * bPlaneStride + pixel]
            output[plane * outputPlaneStride + pixel] = activation.applied(to: sum)
        }
    }
}
