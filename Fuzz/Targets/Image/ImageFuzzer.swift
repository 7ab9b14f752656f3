import ImageInput

/// An image file: refused, or decoded whole and brought to a network's input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var limits = ImageLimits()
    limits.pixels = 1 << 20
    do {
        let bytes = UnsafeRawBufferPointer(start: start, count: count)
        let image = try RGBImage.decode(bytes: bytes, name: "fuzzed", limits: limits)
        precondition(image.pixels.count == 3 * image.width * image.height, "a picture is not whole")
        let transform = try ImageTransform(
            resize: 40, crop: 32, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], colorOrder: .rgb,
            outputSize: ImageSize(width: 32, height: 32))
        var planes = [Float](repeating: 0, count: 3 * 32 * 32)
        try planes.withUnsafeMutableBufferPointer { try transform.apply(to: image, into: $0) }
    } catch {
        _ = "\(error)"
    }
    return 0
}
