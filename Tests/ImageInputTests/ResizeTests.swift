import Foundations
import ImageInput
import TestSupport
import Testing

/// Resize and crop against definitions in plain floating point.
@Suite struct ResizeTests {
    /// The antialiased bilinear resize in doubles, both axes at once, each output a weighted mean over all of the
    /// source; not rounded.
    private static func reference(_ image: RGBImage, to size: ImageSize) -> [Double] {
        func weights(_ source: Int, _ output: Int) -> [[Double]] {
            let scale = Double(source) / Double(output)
            let reach = max(1, scale)
            return (0..<output).map { index in
                let center = (Double(index) + 0.5) * scale
                let raw = (0..<source).map { max(0, 1 - abs(Double($0) + 0.5 - center) / reach) }
                let sum = raw.reduce(0, +)
                return raw.map { $0 / sum }
            }
        }
        let across = weights(image.width, size.width)
        let down = weights(image.height, size.height)
        var result: [Double] = []
        for y in 0..<size.height {
            for x in 0..<size.width {
                for channel in 0..<3 {
                    var sum = 0.0
                    for row in 0..<image.height where down[y][row] > 0 {
                        for column in 0..<image.width where across[x][column] > 0 {
                            let sample = Double(image.pixels[3 * (row * image.width + column) + channel])
                            sum += down[y][row] * across[x][column] * sample
                        }
                    }
                    result.append(sum)
                }
            }
        }
        return result
    }

    @Test func argumentsThatNoImageHas() throws {
        let image = try RGBImage(width: 2, height: 5, pixels: Array(repeating: 9, count: 30))
        for side in [0, -1, .min, .max, 16_385] {
            #expect(throws: ImageError.self) { try image.resized(shorterSide: side) }
            #expect(throws: ImageError.self) { try image.centerCropped(to: side) }
        }
        for (width, height, count): (Int, Int, Int) in [
            (0, 5, 0), (5, 0, 0), (-1, -1, 3), (2, 5, 29), (.max, .max, 3), (2, 2, 0),
        ] {
            #expect(throws: ImageError.self) {
                try RGBImage(width: width, height: height, pixels: Array(repeating: 9, count: count))
            }
        }
        let transform = try ImageTransform(
            resize: 4, crop: 4, mean: [0, 0, 0], std: [1, 1, 1], outputSize: ImageSize(width: 4, height: 4))
        for count in [0, 47, 49] {
            var planes = [Float](repeating: 7, count: count)
            #expect(throws: ImageError.self) {
                try planes.withUnsafeMutableBufferPointer { try transform.apply(to: image, into: $0) }
            }
            #expect(planes.allSatisfy { $0 == 7 })
        }
    }

    @Test func staysWithinOneOfTheDefinition() throws {
        for seed: UInt64 in 0..<40 {
            var generator = SplitMix64(seed: seed)
            let width = Int.random(in: 1...48, using: &generator)
            let height = Int.random(in: 1...48, using: &generator)
            let side = Int.random(in: 1...40, using: &generator)
            let image = try noise(width: width, height: height, seed: seed)
            let resized = try image.resized(shorterSide: side)
            #expect(resized.size == image.size.scaled(shorterSide: side))
            // Half a step from the rounding between the passes, half from the last one, and the weights' fixed point.
            let bound = 1.001
            let difference = zip(resized.pixels, Self.reference(image, to: resized.size)).map { abs(Double($0) - $1) }
            #expect(difference.max()! <= bound, "seed \(seed), \(image.size) to \(resized.size)")
        }
    }

    @Test func flatImagesStayFlat() throws {
        for value: UInt8 in [0, 1, 127, 128, 254, 255] {
            let image = try RGBImage(width: 37, height: 23, pixels: Array(repeating: value, count: 3 * 37 * 23))
            for side in [1, 2, 7, 22, 24, 100] {
                #expect(try image.resized(shorterSide: side).pixels.allSatisfy { $0 == value }, "\(value), \(side)")
            }
        }
    }

    @Test func sizesRoundDown() {
        #expect(ImageSize(width: 500, height: 333).scaled(shorterSide: 256) == ImageSize(width: 384, height: 256))
        #expect(ImageSize(width: 241, height: 397).scaled(shorterSide: 256) == ImageSize(width: 256, height: 421))
        #expect(ImageSize(width: 3, height: 2).scaled(shorterSide: 1) == ImageSize(width: 1, height: 1))
    }

    @Test func anImageOfTheRightSizeIsUnchanged() throws {
        let image = try noise(width: 31, height: 17, seed: 3)
        #expect(try image.resized(shorterSide: 17).pixels == image.pixels)
    }

    /// Offsets of half a pixel: 0.5 → 0, 1.5 → 2, 2.5 → 2.
    @Test(arguments: [(1, 0), (2, 1), (3, 2), (4, 2), (5, 2), (6, 3), (7, 4)])
    func cropOffsetsRoundHalfToEven(surplus: Int, offset: Int) throws {
        let image = try noise(width: 10 + surplus, height: 10, seed: 5)
        let cropped = try image.centerCropped(to: 10)
        for row in 0..<10 {
            let start = 3 * (row * image.width + offset)
            #expect(cropped.pixels[(30 * row)..<(30 * row + 30)] == image.pixels[start..<(start + 30)])
        }
    }

    @Test func smallImagesArePaddedWithZeros() throws {
        let image = try RGBImage(width: 2, height: 5, pixels: Array(repeating: 9, count: 30))
        let cropped = try image.centerCropped(to: 5)
        // Three columns are missing: one before, two behind.
        #expect(cropped.size == ImageSize(width: 5, height: 5))
        let row: [UInt8] = [0, 0, 0, 9, 9, 9, 9, 9, 9, 0, 0, 0, 0, 0, 0]
        #expect(cropped.pixels == Array(repeating: row, count: 5).flatMap { $0 })
        // Too narrow and too high at once.
        let tall = try RGBImage(width: 1, height: 9, pixels: (0..<27).map { UInt8($0) })
        #expect(
            try tall.centerCropped(to: 3).pixels == [
                0, 0, 0, 9, 10, 11, 0, 0, 0, 0, 0, 0, 12, 13, 14, 0, 0, 0, 0, 0, 0, 15, 16, 17, 0, 0, 0,
            ])
    }

    @Test func aVeryLongImageIsRefusedWhole() throws {
        let image = try RGBImage(width: 1, height: 16_384, pixels: Array(repeating: 7, count: 3 * 16_384))
        #expect(throws: ImageError.tooLarge(name: "image", quantity: .height, found: 4_194_304, limit: 16_384)) {
            try image.resized(shorterSide: 256)
        }
    }
}
