import Foundations
import Foundation
import ImageInput
import TestSupport
import Testing

/// Decoding, resizing and cropping against the answers of Pillow and torchvision.
@Suite struct GoldenImageTests {
    private static func files(_ folder: String, prefix: String = "") throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: Fixture.path(folder))
        return names.filter { !$0.hasSuffix(".npy") && !$0.hasSuffix(".py") && $0.hasPrefix(prefix) }.sorted()
    }

    @Test func torchvisionPipeline() throws {
        let files = try Self.files("images")
        #expect(files.count == 10)
        for file in files {
            let image = try RGBImage.decode(path: Fixture.path("images/\(file)"))
            let tiny = file == "tiny-28x28.png"
            let side = tiny ? 32 : 224
            let transform = try ImageTransform(
                resize: tiny ? nil : 256, crop: side, mean: [0, 0, 0], std: [1, 1, 1],
                outputSize: ImageSize(width: side, height: side))
            let golden = try Fixture.array("images/\(stem(file))\(tiny ? "-crop32" : "").npy")
            let fitted = try transform.fitted(image)
            let difference = largestDifference(fitted, golden)
            #expect(
                difference != nil && difference! <= (file.hasSuffix(".jpg") ? 2 : 0), "\(file): \(difference ?? -1)")

            // The whole resize, then the crop: the transform computes only what the crop keeps.
            let whole = try (tiny ? image : image.resized(shorterSide: 256)).centerCropped(to: side)
            #expect(whole.pixels == fitted.pixels, "\(file)")
        }
    }

    @Test(arguments: [("png", 31, 0), ("orientation", 12, 2), ("jpeg", 12, 2), ("netpbm", 24, 0), ("webp", 4, 0)])
    func everyVariant(prefix: String, count: Int, tolerance: Int) throws {
        let files = try Self.files("image-formats", prefix: prefix)
        #expect(files.count == count)
        for file in files {
            let image = try RGBImage.decode(path: Fixture.path("image-formats/\(file)"))
            let answer = stem(file).replacingOccurrences(of: "-interlaced", with: "")
            let difference = largestDifference(image, try Fixture.array("image-formats/\(answer).npy"))
            #expect(difference != nil && difference! <= tolerance, "\(file): \(difference ?? -1)")
        }
    }

    @Test(arguments: [("resize", Interpolation.bilinear, 11), ("bicubic", .bicubic, 10)])
    func resizeIsPillowsToTheBit(prefix: String, interpolation: Interpolation, count: Int) throws {
        let files = try Self.files("image-formats", prefix: prefix)
        #expect(files.count == count)
        for file in files {
            let image = try RGBImage.decode(path: Fixture.path("image-formats/\(file)"))
            let side = try #require(Int(stem(file).split(separator: "-").last!))
            let difference = largestDifference(
                try image.resized(shorterSide: side, interpolation: interpolation),
                try Fixture.array("image-formats/\(stem(file)).npy"))
            #expect(difference == 0, "\(file)")
        }
    }

    @Test func theNameOfAFileSaysNothing() throws {
        let bytes = try Fixture.bytes("image-formats/jpeg-420.jpg")
        let path = NSTemporaryDirectory() + "condensenet-\(UUID().uuidString).png"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let image = try RGBImage.decode(path: path)
        let sameBytes = try RGBImage.decode(bytes: bytes, name: "x.ppm")
        #expect(image.pixels == sameBytes.pixels)
        #expect(image.name == path)
    }
}
