import Foundations
import ModelFormat
import TestSupport
import Testing

/// Networks of bytes, as the converter's users make them.
struct QuantizeCommandTests {
    private let shipped = Fixture.root.appendingPathComponent("models/fashion-mnist.safetensors").path
    private let small = Fixture.path("cifar10-g4/dense.pth.tar")

    /// A folder of `count` images of noise, each a PPM file of 32×32 pixels.
    private func images(
        _ folder: TemporaryFolder, _ name: String = "images", count: Int, classes: [String] = [],
        isConstant: Bool = false
    ) throws -> String {
        var generator = SplitMix64(seed: 3)
        for number in 0..<count {
            let pixels = (0..<3 * 32 * 32).map { _ in
                isConstant ? UInt8(number) : UInt8(truncatingIfNeeded: generator.next())
            }
            let place = classes.isEmpty ? "" : "\(classes[number % classes.count])/"
            try folder.write(Array("P6 32 32 255\n".utf8) + pixels, to: "\(name)/\(place)\(number).ppm")
        }
        return folder.path(name)
    }

    @Test func aCheckpointAndItsModelBecomeTheSameBytes() throws {
        let folder = try TemporaryFolder()
        let data = try images(folder, count: 40, classes: (0..<10).map { "class \($0)" })
        let direct = try Program.convert([
            small, "-o", folder.path("a"), "--precision", "int8", "--calibrate", data, "--images", "20", "--verify",
        ])
        #expect(direct.code == 0, "\(direct.diagnostics)")
        #expect(
            direct.diagnostics.contains("class folders: they are taken for the classes in the order of their names"))
        #expect(try Program.convert([small, "-o", folder.path("floats")]).code == 0)
        let quantized = try Program.convert([
            "quantize", folder.path("floats"), "-o", folder.path("b"), "--calibrate", data, "--images", "20",
        ])
        #expect(quantized.code == 0, "\(quantized.diagnostics)")
        #expect(try folder.bytes("a") == folder.bytes("b"))
        let lines = quantized.output.split(separator: "\n")
        #expect(
            lines.first == "calibrated with 20 images of \(data), judged by 20 others of \(data)", "\(quantized.output)"
        )
        for part in ["dB", "logits differ by ", "same answer on ", "top-1 ", "stay float32"] {
            #expect(lines.contains { $0.contains(part) }, "\(quantized.output)")
        }
        #expect(direct.output.contains("\nverified: all 17 layers within "))
        #expect(direct.output.contains("calibrated with 20 images"))
        let file = try ModelFile(path: folder.path("a"))
        #expect(file.description.isQuantized)
    }

    @Test func theShippedNetworkAnswersNearlyAlwaysAlike() throws {
        let folder = try TemporaryFolder()
        let model = folder.path("m")
        let result = try Program.convert([
            "quantize", shipped, "-o", model, "--calibrate", "/usr/share/datasets/fashion-mnist", "--images", "32",
        ])
        #expect(result.code == 0 && result.diagnostics == "", "\(result.diagnostics)")
        let verdict = try Program.run("condensenet", ["verify", model])
        #expect(verdict.code == 0 && verdict.output.contains("largest difference 0.0"), "\(verdict.output)")
        let line = try #require(result.output.split(separator: "\n").first { $0.hasPrefix("same answer on ") })
        let same = try #require(line.split(separator: " ").compactMap { Int($0) }.first)
        #expect(same >= 30, "\(line)")
    }

    /// Half precision is judged by images as bytes are, and the file is the one that no image has been shown.
    @Test func halfPrecisionIsJudgedByImages() throws {
        let folder = try TemporaryFolder()
        let data = try images(folder, count: 24, classes: (0..<10).map { "class \($0)" })
        let arguments = [small, "-o", folder.path("m"), "--precision", "f16"]
        #expect(try Program.convert(arguments).code == 0)
        let unjudged = try folder.bytes("m")
        let result = try Program.convert(arguments + ["--calibrate", data, "--images", "20", "--verify"])
        if result.code == 64 {
            // Neither this program's kernels nor this processor's instructions are the images' fault.
            #expect(result.diagnostics.contains("no kernels compute in half precision here"))
            return
        }
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(try folder.bytes("m") == unjudged)
        let lines = result.output.split(separator: "\n")
        for part in [
            "verified: all 17 layers within ", "judged by 20 images of \(data)",
            "every layer is computed in half precision, as a processor with Armv8.2's fp16 does", "same answer on ",
        ] { #expect(lines.contains { $0.hasPrefix(part) }, "\(part): \(result.output)") }
        let layers = lines.filter { $0.hasSuffix(" dB") }
        #expect(layers.count == 17, "\(result.output)")
        for layer in layers {
            let decibels = try #require(layer.split(separator: " ").dropLast().last.flatMap { Double($0) })
            // Eleven bits of a number that rounds once are 72 dB; what is below 40 has lost more than sums do.
            #expect(decibels > 40 && decibels < 90, "\(layer)")
        }
        #expect(lines.contains { $0.hasPrefix("top-1 ") && $0.hasSuffix(" in half precision") }, "\(result.output)")
    }

    @Test func imagesThatDoNotFitHalfPrecisionsNetworkAreRefused() throws {
        let folder = try TemporaryFolder()
        let few = try images(folder, "few", count: 9)
        let constant = try images(folder, "constant", count: 20, isConstant: true)
        let expected = "expected at least 16 different images of more than one colour to judge by, found"
        let arguments = [small, "-o", folder.path("m"), "--precision", "f16", "--calibrate"]
        for (data, images, code, words) in [
            (few, "16", 65, "\(few): \(expected) 9 among 9 images"),
            (constant, "16", 65, "\(constant): \(expected) 0 among 16 images"),
            (few, "15", 64, "--images: expected 16 to 4096 images, found 15"),
            (folder.path("nothing"), "16", 66, "No such file"),
            (Fixture.path("models"), "16", 65, "expected class folders of images"),
        ] as [(String, String, Int32, String)] {
            let result = try Program.convert(arguments + [data, "--images", images])
            if result.diagnostics.contains("no kernels compute in half precision here") { continue }
            #expect(result.code == code && result.diagnostics.contains(words), "\(result.diagnostics)")
        }
        #expect(!folder.files.contains("m"))
    }

    @Test func imagesWithoutLabelsHaveNoAccuracy() throws {
        let folder = try TemporaryFolder()
        let data = try images(folder, count: 17)
        #expect(try Program.convert([small, "-o", folder.path("floats")]).code == 0)
        let result = try Program.convert([
            "quantize", folder.path("floats"), "-o", folder.path("m"), "--calibrate", data, "--images", "17",
        ])
        #expect(result.code == 0 && result.diagnostics == "", "\(result.diagnostics)")
        #expect(
            result.output.hasPrefix(
                "calibrated with 17 images of \(data), judged by the same ones: there are no others\n"))
        #expect(!result.output.contains("top-1"))
    }

    @Test func imagesThatCalibrationLeavesJudge() throws {
        let folder = try TemporaryFolder()
        let data = try images(folder, count: 30)
        #expect(try Program.convert([small, "-o", folder.path("floats")]).code == 0)
        let result = try Program.convert([
            "quantize", folder.path("floats"), "-o", folder.path("m"), "--calibrate", data, "--images", "20",
        ])
        #expect(
            result.output.hasPrefix("calibrated with 20 images of \(data), judged by 10 others of \(data)\n"),
            "\(result.output)\(result.diagnostics)")
        #expect(result.output.contains(" of 10 images"))
    }

    /// Files of CIFAR-10 in its authors' binary version.
    @Test func aDamagedTrainingPartIsNotPassedOver() throws {
        let folder = try TemporaryFolder()
        let model = folder.path("model")
        #expect(try Program.convert([small, "-o", model]).code == 0)
        var generator = SplitMix64(seed: 5)
        func records(_ count: Int) -> [UInt8] {
            (0..<count).flatMap { number in
                [UInt8(number % 10)] + (0..<3 * 32 * 32).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            }
        }
        func quantize() throws -> Program.Result {
            try Program.convert([
                "quantize", model, "-o", folder.path("m"), "--calibrate", folder.path("data"), "--images", "16",
            ])
        }
        let test = try folder.write(records(40), to: "data/test_batch.bin")
        let alone = try quantize()
        #expect(
            alone.output.hasPrefix("calibrated with 16 images of \(test), judged by 16 others of \(test)\n"),
            "\(alone.output)\(alone.diagnostics)")
        var files: [String] = []
        for number in 1...4 { files.append(try folder.write(records(5), to: "data/data_batch_\(number).bin")) }
        let missing = try quantize()
        #expect(missing.code == 66 && missing.diagnostics.contains("data_batch_5.bin"), "\(missing.diagnostics)")
        let last = try folder.write(Array(records(5).dropLast()), to: "data/data_batch_5.bin")
        let cut = try quantize()
        #expect(cut.code == 65 && cut.diagnostics.contains("\(last): expected whole records"), "\(cut.diagnostics)")
        _ = try folder.write(records(5), to: "data/data_batch_5.bin")
        let whole = try quantize()
        #expect(
            whole.output.hasPrefix("calibrated with 16 images of \(files[0]), judged by 16 others of \(test)\n"),
            "\(whole.output)\(whole.diagnostics)")
    }

    @Test func whatCannotBeMadeIsRefusedBeforeImagesAreRead() throws {
        let folder = try TemporaryFolder()
        let nothing = folder.path("nothing")
        for (checkpoint, kernels, words) in [
            (Fixture.path("cdnv2-cifar/converted.pth.tar"), "", "CondenseNetV2"),
            (small, "none", "CONDENSENET_KERNELS"),
        ] {
            #expect(try Program.convert([checkpoint, "-o", folder.path("floats")]).code == 0)
            let result = try Program.run(
                "condensenet-convert",
                ["quantize", folder.path("floats"), "-o", folder.path("m"), "--calibrate", nothing],
                shell: "CONDENSENET_KERNELS=\(kernels) \"$@\"")
            #expect(result.code == 64 && result.diagnostics.contains(words), "\(result.diagnostics)")
        }
    }

    @Test func imagesThatSayTooLittleAreRefused() throws {
        let folder = try TemporaryFolder()
        let (model, unscaled) = (folder.path("model"), folder.path("unscaled"))
        #expect(try Program.convert([small, "-o", model]).code == 0)
        // Of no known data set: images are taken as they are.
        #expect(try Program.convert([small, "-o", unscaled, "--input-size", "40", "--pooling", "global"]).code == 0)
        let few = try images(folder, "few", count: 9)
        let constant = try images(folder, "constant", count: 20, isConstant: true)
        let good = try images(folder, "good", count: 20)
        let expected = "expected at least 16 different images of more than one colour to calibrate with, found"
        for (model, data, images, code, words) in [
            (model, few, "16", 65, "\(few): \(expected) 9 among 9 images"),
            (model, constant, "16", 65, "\(constant): \(expected) 0 among 16 images"),
            (unscaled, good, "16", 65, "the network takes 40×40 pixels, the image comes out at 32×32"),
            (model, good, "15", 64, "--images: expected 16 to 4096 images, found 15"),
            (model, folder.path("nothing"), "16", 66, "No such file"),
            (model, Fixture.path("models"), "16", 65, "expected class folders of images"),
        ] as [(String, String, String, Int32, String)] {
            let result = try Program.convert([
                "quantize", model, "-o", folder.path("m"), "--calibrate", data, "--images", images,
            ])
            #expect(result.code == code && result.diagnostics.contains(words), "\(result.diagnostics)")
            #expect(result.diagnostics.split(separator: "\n").count == 1, "\(result.diagnostics)")
        }
        #expect(!folder.files.contains("m"))
    }

    @Test func optionsThatBelongTogether() throws {
        let folder = try TemporaryFolder()
        for (arguments, words) in [
            ([small, "-o", folder.path("m"), "--precision", "int8"], "expected --calibrate DATASET"),
            ([small, "-o", folder.path("m"), "--calibrate", folder.path], "expected --precision int8 or f16"),
            ([small, "-o", folder.path("m"), "--precision", "f16", "--images", "16"], "f16: expected --calibrate"),
            (["quantize", shipped, "-o", folder.path("m")], "expected --calibrate DATASET"),
        ] {
            let result = try Program.convert(arguments)
            #expect(result.code == 64 && result.diagnostics.contains(words), "\(result.diagnostics)")
        }
        #expect(folder.files == [])
    }
}
