import Foundations
import ImageInput
import TestSupport
import Testing

@Suite struct ImageTransformTests {
    private static let imageNetMean: [Float] = [0.485, 0.456, 0.406]
    private static let imageNetStd: [Float] = [0.229, 0.224, 0.225]

    private static let pyTorchBits: [UInt32] = [
        0xC007_8BBD, 0xC006_732B, 0x3D97_AF32, 0x400F_EE1D,
        0xC002_4924, 0xC001_2A4F, 0x3E52_1B48, 0x401B_6DB7,
        0xBFE6_F809, 0xBFE4_BCEA, 0x3EDA_5D3C, 0x4028_F5C3,
    ]

    private func planes(_ transform: ImageTransform, _ image: RGBImage) throws -> [Float] {
        let count = 3 * transform.outputSize.width * transform.outputSize.height
        var result = [Float](repeating: .nan, count: count)
        try result.withUnsafeMutableBufferPointer { try transform.apply(to: image, into: $0) }
        return result
    }

    @Test func normalisesInSinglePrecision() throws {
        let image = try noise(width: 4, height: 3, seed: 11)
        for order in [ColorOrder.rgb, .bgr] {
            let transform = try ImageTransform(
                resize: nil, crop: nil, mean: Self.imageNetMean, std: Self.imageNetStd, colorOrder: order,
                outputSize: image.size)
            let found = try planes(transform, image)
            for plane in 0..<3 {
                let channel = order == .rgb ? plane : 2 - plane
                for index in 0..<12 {
                    var expected = Float(image.pixels[3 * index + channel]) / 255
                    expected -= Self.imageNetMean[plane]
                    expected /= Self.imageNetStd[plane]
                    #expect(found[12 * plane + index] == expected)
                }
            }
        }
    }

    /// Values that PyTorch's `ToTensor` and `Normalize` give for samples 0, 1, 128 and 255 in each plane.
    @Test func agreesWithPyTorchToTheBit() throws {
        let image = try RGBImage(width: 4, height: 1, pixels: [0, 0, 0, 1, 1, 1, 128, 128, 128, 255, 255, 255])
        let transform = try ImageTransform(
            resize: nil, crop: nil, mean: Self.imageNetMean, std: Self.imageNetStd,
            outputSize: ImageSize(width: 4, height: 1))
        #expect(try planes(transform, image).map(\.bitPattern) == Self.pyTorchBits)
    }

    @Test func paddingIsZeroBeforeNormalisation() throws {
        let image = try RGBImage(width: 1, height: 1, pixels: [255, 255, 255])
        let transform = try ImageTransform(
            resize: nil, crop: 3, mean: [0.5, 0.25, 0], std: [0.5, 0.5, 0.5],
            outputSize: ImageSize(width: 3, height: 3))
        let found = try planes(transform, image)
        #expect(Array(found[..<9]) == [-1, -1, -1, -1, 1, -1, -1, -1, -1])
        #expect(Array(found[9..<18]) == [-0.5, -0.5, -0.5, -0.5, 1.5, -0.5, -0.5, -0.5, -0.5])
        #expect(Array(found[18...]) == [0, 0, 0, 0, 2, 0, 0, 0, 0])
    }

    @Test func theCropIsThatOfTheWholeResize() throws {
        for seed: UInt64 in 0..<30 {
            var generator = SplitMix64(seed: seed)
            let image = try noise(
                width: Int.random(in: 1...70, using: &generator), height: Int.random(in: 1...70, using: &generator),
                seed: seed)
            let resize = Int.random(in: 1...50, using: &generator)
            let crop = Int.random(in: 1...50, using: &generator)
            let transform = try ImageTransform(
                resize: resize, crop: crop, mean: [0, 0, 0], std: [1, 1, 1],
                outputSize: ImageSize(width: crop, height: crop))
            let whole = try image.resized(shorterSide: resize).centerCropped(to: crop)
            #expect(try transform.fitted(image).pixels == whole.pixels, "seed \(seed)")
        }
    }

    @Test func aVeryLongImageCostsNoMoreThanAnother() throws {
        let pixels = (0..<16_384).flatMap { row in Array(repeating: UInt8(row / 64), count: 3) }
        let image = try RGBImage(width: 1, height: 16_384, pixels: pixels)
        let transform = try ImageTransform(
            resize: 256, crop: 224, mean: [0, 0, 0], std: [1, 1, 1], outputSize: ImageSize(width: 224, height: 224))
        // The middle of 256 · 16384 rows: source rows 8191 and 8192, which hold 127 and 128.
        let middle = try transform.fitted(image)
        #expect(middle.pixels.first == 127 && middle.pixels.last == 128)
    }

    @Test func namesBothSizesOfAMismatch() throws {
        let expected = ImageSize(width: 32, height: 32)
        let transform = try ImageTransform(
            resize: nil, crop: nil, mean: [0, 0, 0], std: [1, 1, 1], outputSize: expected)
        let image = try RGBImage(
            width: 28, height: 30, pixels: Array(repeating: 0, count: 3 * 28 * 30), name: "digit.png")
        let error = ImageError.wrongSize(
            name: "digit.png", expected: expected, found: ImageSize(width: 28, height: 30))
        var buffer = [Float](repeating: 7, count: 3 * 32 * 32)
        #expect(throws: error) {
            try buffer.withUnsafeMutableBufferPointer { try transform.apply(to: image, into: $0) }
        }
        #expect(buffer.allSatisfy { $0 == 7 })
        #expect("\(error)" == "digit.png: the network takes 32×32 pixels, the image comes out at 28×30")
        #expect(error.category == .badData)
        // Refused before a picture of 15 by 250,000 pixels is made.
        let narrow = try ImageTransform(
            resize: 15, crop: nil, mean: [0, 0, 0], std: [1, 1, 1], outputSize: expected)
        let long = try RGBImage(width: 1, height: 16_384, pixels: Array(repeating: 0, count: 3 * 16_384))
        #expect(
            throws: ImageError.wrongSize(
                name: "image", expected: expected, found: ImageSize(width: 15, height: 245_760))
        ) { try narrow.fitted(long) }
    }

    @Test func refusesSenselessParameters() {
        let size = ImageSize(width: 32, height: 32)
        func make(
            resize: Int? = nil, crop: Int? = nil, mean: [Float] = [0, 0, 0], std: [Float] = [1, 1, 1],
            size: ImageSize = size
        ) throws {
            _ = try ImageTransform(resize: resize, crop: crop, mean: mean, std: std, outputSize: size)
        }
        let sides = "1 to 16384"
        #expect(throws: ImageError.transform(parameter: "resize", expected: sides, found: "0")) { try make(resize: 0) }
        #expect(throws: ImageError.transform(parameter: "resize", expected: sides, found: "\(Int.max)")) {
            try make(resize: .max)
        }
        #expect(throws: ImageError.transform(parameter: "crop", expected: "the input's 32×32", found: "28")) {
            try make(crop: 28)
        }
        #expect(throws: ImageError.transform(parameter: "mean", expected: "three finite numbers", found: "[0.0]")) {
            try make(mean: [0])
        }
        #expect(throws: ImageError.self) { try make(mean: [0, .infinity, 0]) }
        #expect(throws: ImageError.self) { try make(std: [1, 0, 1]) }
        #expect(throws: ImageError.self) { try make(std: [1, 1]) }
        #expect(throws: ImageError.self) { try make(size: ImageSize(width: 0, height: 32)) }
        #expect(throws: ImageError.self) { try make(size: ImageSize(width: 32, height: 1 << 40)) }
    }
}
