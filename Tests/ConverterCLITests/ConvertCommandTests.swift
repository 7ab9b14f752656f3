import Foundation
import ModelFormat
import TestSupport
import Testing

/// `condensenet-convert CHECKPOINT -o MODEL`, as its users run it.
struct ConvertCommandTests {
    private let dense = Fixture.path("cifar10-g4/dense.pth.tar")

    @Test func convertsAndSaysWhatItFound() throws {
        let folder = try TemporaryFolder()
        let result = try Program.convert([
            Fixture.path("fashion-mnist/dense.pth.tar"), "-o", folder.path("m"),
            "--dataset", "fashion-mnist",
        ])
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(result.diagnostics == "note: ignored beside the state dict: epoch, model, best_prec1, optimizer\n")
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.prefix(8).elementsEqual([
                "network      CondenseNet-38, as trained", "stages       6-6-6, growth 8-16-32, bottleneck 4",
                "1×1          groups 4, learned; condensation factor 4", "3×3          groups 4",
                "transitions  average pooling", "input        3×32×32, first stride 1",
                "classifier   10 classes from 176 of 352 features", "images       fashion-mnist",
            ]))
        #expect(
            lines.contains("total            315,658    140,522   45%  40,160,704  18,335,456   46%"),
            "\(result.output)")
        #expect(result.output.contains("176"), "\(result.output)")
        let size = try folder.bytes("m").count
        #expect(result.output.hasSuffix("\n\(folder.path("m")): \(grouped(size)) bytes\n"))
        #expect(folder.files == ["m"])
        let description = try ModelFile(path: folder.path("m")).description
        #expect(description.labels.first == "T-shirt/top")
        #expect(description.preprocessing.crop == 32 && description.preprocessing.resize == nil)
    }

    @Test func theShippedModelIsWhatItsCheckpointGives() throws {
        let folder = try TemporaryFolder()
        let result = try Program.convert([
            Fixture.path("fashion-mnist-trained/checkpoint.pth"), "-o", folder.path("m"), "--dataset", "fashion-mnist",
        ])
        #expect(result.code == 0, "\(result.diagnostics)")
        let shipped = Fixture.root.appendingPathComponent("models/fashion-mnist.safetensors")
        #expect(try folder.bytes("m") == Array(Data(contentsOf: shipped)))
    }

    @Test func convertsAndProvesANetworkToCompareWith() throws {
        let folder = try TemporaryFolder()
        let result = try Program.convert([
            Fixture.path("comparison/vgg/checkpoint.pth"), "-o", folder.path("m"), "--mean", "0,0,0", "--std", "1,1,1",
            "--verify",
        ])
        #expect(result.code == 0 && result.diagnostics == "", "\(result.diagnostics)")
        let lines = result.output.split(separator: "\n")
        #expect(
            lines.prefix(4).elementsEqual([
                "network      VGG-16", "input        3×32×32", "classes      5", "parameters   4,853",
            ]))
        #expect(lines.contains { $0.hasPrefix("verified: all 21 layers") }, "\(result.output)")
        #expect(try ModelFile(path: folder.path("m")).description.classes == 5)
    }

    @Test func convertsAndProvesASecondVersion() throws {
        let folder = try TemporaryFolder()
        let result = try Program.convert([
            Fixture.path("cdnv2-cifar/converted.pth.tar"), "-o", folder.path("m"), "--dataset", "cifar10",
            "--hard-swish-from", "2", "--interpolation", "bicubic", "--verify",
        ])
        #expect(result.code == 0 && result.diagnostics == "", "\(result.diagnostics)")
        #expect(result.output.hasPrefix("network         CondenseNetV2-14, as converted by the original code\n"))
        #expect(result.output.contains("hard swish      from block 2\n"))
        #expect(result.output.contains("verified: all 27 layers"), "\(result.output)")
        #expect(try ModelFile(path: folder.path("m")).description.preprocessing.interpolation == .bicubic)
    }

    /// A checkpoint may be called anything.
    @Test(arguments: [
        ("a\nb\u{202E}", "a\\u{a}b\\u{202e}"), ("a" + String(repeating: "\u{301}", count: 31), "a\\u{0301}"),
    ])
    func aCheckpointsNameThatIsNoText(name: String, source: String) throws {
        let folder = try TemporaryFolder()
        let checkpoint = try folder.write(try Fixture.bytes("cifar10-g4/dense.pth.tar"), to: name)
        let result = try Program.convert([checkpoint, "-o", folder.path("m")])
        #expect(result.code == 0, "\(result.diagnostics)")
        let provenance = try #require(try ModelFile(path: folder.path("m")).description.provenance)
        #expect(provenance.source.hasPrefix(source), "\(provenance.source)")
    }

    private func grouped(_ number: Int) -> String {
        number < 1000 ? "\(number)" : grouped(number / 1000) + "," + String("\(1000 + number % 1000)".dropFirst())
    }

    @Test func sameBytesEachTimeAndUnderEitherName() throws {
        let folder = try TemporaryFolder()
        for (name, arguments) in [("a", [dense]), ("b", ["convert", dense]), ("c", ["--dataset", "cifar10", dense])] {
            #expect(try Program.convert(arguments + ["--output", folder.path(name)]).code == 0)
        }
        let bytes = try folder.bytes("a")
        #expect(try folder.bytes("b") == bytes)
        #expect(try folder.bytes("c") == bytes)
    }

    @Test func optionsReachTheFile() throws {
        let folder = try TemporaryFolder()
        let labels = try folder.write((0..<10).map { "number \($0)\n" }.joined().utf8, to: "labels")
        let result = try Program.convert([
            dense, "-o", folder.path("m"), "--resize", "40", "--crop", "32", "--mean", "0.5,0.25,0.125",
            "--std=1,2,0.5", "--labels", labels, "--name", "mine", "--classifier-keep", "0.75", "--precision", "f16",
        ])
        #expect(result.code == 0, "\(result.diagnostics)")
        let description = try ModelFile(path: folder.path("m")).description
        #expect(
            description.preprocessing
                == Preprocessing(resize: 40, crop: 32, mean: [0.5, 0.25, 0.125], std: [1, 2, 0.5]))
        #expect(description.labels[9] == "number 9" && description.name == "mine")
        #expect(description.graph.steps.last?.inputChannels == 96)
        #expect(String(decoding: try folder.bytes("m"), as: UTF8.self).contains("\"dtype\":\"F16\""))
    }

    @Test(arguments: ["f32", "f16"]) func verifies(precision: String) throws {
        let folder = try TemporaryFolder()
        let result = try Program.convert([dense, "-o", folder.path("m"), "--precision", precision, "--verify"])
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(result.output.contains("\nfeatures.denseblock_3.denselayer_2.conv_2"))
        #expect(result.output.contains("\nverified: all 17 layers within "), "\(result.output)")
    }

    /// Half precision, widened and as the kernels of half precision compute it, holds the tolerance that is in the file.
    @Test(arguments: ["", "half"]) func halfPrecisionVerifies(kernels: String) throws {
        let folder = try TemporaryFolder()
        let model = folder.path("m")
        #expect(try Program.convert([dense, "-o", model, "--precision", "f16"]).code == 0)
        let result = try Program.run(
            "condensenet", ["verify", model], shell: "CONDENSENET_KERNELS=\(kernels) \"$@\"")
        if kernels == "half" && result.code == 64 {
            // Neither this program's kernels nor this processor's instructions are the file's fault.
            #expect(result.diagnostics.contains("half"), "\(result.diagnostics)")
        } else {
            #expect(result.code == 0 && result.output.hasPrefix("pass: "), "\(result.output)\(result.diagnostics)")
        }
    }

    @Test func failedVerificationWritesNothing() throws {
        let folder = try TemporaryFolder()
        let checkpoint = try folder.write(TinyNetwork.bytes(spatialWeight: 1e-9), to: "net")
        let model = try folder.write("a model".utf8, to: "m")
        let arguments = [checkpoint, "-o", model, "--input-size", "8", "--pooling", "global", "--verify"]
        let failed = try Program.convert(arguments + ["--precision", "f16"])
        #expect(failed.code == 70)
        #expect(failed.output.contains("\nnot verified: 1 of 5 layers differ"), "\(failed.output)")
        #expect(failed.diagnostics.split(separator: "\n").last?.hasPrefix("error: \(checkpoint): ") == true)
        #expect(try folder.bytes("m") == Array("a model".utf8))
        #expect(folder.files == ["m", "net"])
        #expect(try Program.convert(arguments).code == 0)
    }

    @Test func halfPrecisionThatChangesTheAnswersIsRefused() throws {
        let folder = try TemporaryFolder()
        let checkpoint = try folder.write(TinyNetwork.bytes(classifierWeight: 1e-9), to: "net")
        let arguments = [checkpoint, "-o", folder.path("m"), "--input-size", "8", "--pooling", "global"]
        let refused = try Program.convert(arguments + ["--precision", "f16"])
        #expect(refused.code == 65 && refused.output == "", "\(refused.output)")
        let line =
            "error: \(checkpoint): half precision: expected answers to the sample input within 5 % of the largest, "
        #expect(refused.diagnostics.split(separator: "\n").last?.hasPrefix(line) == true, "\(refused.diagnostics)")
        #expect(folder.files == ["net"])
        #expect(try Program.convert(arguments).code == 0)
    }

    @Test func identityIsWarnedOf() throws {
        let folder = try TemporaryFolder()
        let result = try Program.convert([dense, "-o", folder.path("m"), "--input-size", "40", "--pooling", "global"])
        #expect(result.code == 0)
        #expect(result.diagnostics.contains("warning: no data set known for 40×40 and 10 classes"))
        #expect(try ModelFile(path: folder.path("m")).description.inputShape.height == 40)
    }

    @Test func existingModelIsReplacedByACompleteOneOnly() throws {
        let folder = try TemporaryFolder()
        let model = try folder.write("a model".utf8, to: "m")
        #expect(try Program.convert([Fixture.path("half-condensed/dense.pth.tar"), "-o", model]).code == 65)
        #expect(try folder.bytes("m") == Array("a model".utf8))
        #expect(try Program.convert([dense, "-o", model]).code == 0)
        #expect(try ModelFile(path: model).description.classes == 10)
        #expect(folder.files == ["m"])
    }

    @Test func exportsToONNX() throws {
        let folder = try TemporaryFolder()
        #expect(try Program.convert([dense, "-o", folder.path("m")]).code == 0)
        let result = try Program.convert(["export-onnx", folder.path("m"), "-o", folder.path("m.onnx")])
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(result.output.hasPrefix("\(folder.path("m.onnx")): "))
        // The first field of a ModelProto, its version, 7.
        #expect(try folder.bytes("m.onnx").starts(with: [0x08, 0x07]))

        let files = folder.files
        #expect(try Program.convert(["export-onnx", folder.path("m"), "-o", folder.path("m")]).code == 64)
        #expect(try Program.convert(["export-onnx", folder.path("none"), "-o", folder.path("x")]).code == 66)
        #expect(try Program.convert(["export-onnx", dense, "-o", folder.path("x")]).code == 65)
        #expect(folder.files == files)
    }

    @Test func helpAndVersion() throws {
        let help = try Program.convert(["--help"])
        #expect(help.code == 0 && help.diagnostics.isEmpty)
        #expect(help.output.contains("condensenet-convert <checkpoint> -o <model>"))
        let convert = try Program.convert(["convert", "--help"])
        for option in [
            "--dataset", "--input-size", "--classifier-keep", "--allow-unpruned", "--resize", "--crop", "--mean",
            "--std",
            "--labels", "--precision", "--verify",
        ] {
            #expect(convert.output.contains("  \(option)"), "\(option)")
        }
        #expect(try Program.convert(["--version"]).output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    }
}
