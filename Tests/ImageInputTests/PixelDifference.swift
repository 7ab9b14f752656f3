import Foundations
import ImageInput
import TestSupport

/// The largest difference of any sample from a golden uint8 `[H, W, 3]` array, or `nil` if the sizes differ.
func largestDifference(_ image: RGBImage, _ golden: NumpyArray) -> Int? {
    guard golden.shape == [image.height, image.width, 3] else { return nil }
    return zip(image.pixels, golden.values).map { abs(Int($0) - Int($1)) }.max()
}

/// The name of a file under `Tests/Fixtures` without what follows the last dot.
func stem(_ file: String) -> String { String(file[..<(file.lastIndex(of: ".") ?? file.endIndex)]) }

/// An image of seeded noise.
func noise(width: Int, height: Int, seed: UInt64) throws -> RGBImage {
    var generator = SplitMix64(seed: seed)
    let pixels = (0..<(3 * width * height)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    return try RGBImage(width: width, height: height, pixels: pixels)
}
