import Foundation
import TestSupport
import Testing

/// Bad input: one clear line (a checkpoint's further problems follow, indented), the right exit code, nothing written.
struct RefusalCommandTests {
    private static let dense = Fixture.path("cifar10-g4/dense.pth.tar")

    struct Case: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let code: Int32
        let message: String

        init(_ arguments: [String], _ code: Int32, _ message: String) {
            (self.arguments, self.code, self.message) = (arguments, code, message)
        }

        var testDescription: String { arguments.map { $0.split(separator: "/").last ?? "" }.joined(separator: " ") }
    }

    static let usage: [Case] = [
        Case([], 64, "<checkpoint>"),
        Case([dense, "--no-such-option"], 64, "--no-such-option"),
        Case([dense, "another"], 64, "another"),
        Case([dense, "--dataset", "mnist"], 64, "mnist"),
        Case([dense, "--precision", "f64"], 64, "f64"),
        Case([dense, "--input-size", "many"], 64, "many"),
        Case([dense, "--input-size", "0"], 64, "--input-size: expected 1 to 16384, found 0"),
        Case([dense, "--input-size", "2"], 64, "2×2"),
        Case([dense, "--classifier-keep", "0"], 64, "--classifier-keep"),
        Case([dense, "--classifier-keep", "1.5"], 64, "--classifier-keep"),
        Case([dense, "--classifier-keep", "nan"], 64, "--classifier-keep"),
        Case([Fixture.path("cifar10-g4/converted.pth.tar"), "--classifier-keep", "0.5"], 64, "converted already"),
        Case([dense, "--crop", "28"], 64, "--crop: expected 32"),
        Case([dense, "--resize", "0"], 64, "--resize"),
        Case([dense, "--name", "a\nb"], 64, "--name: expected text without control characters"),
        Case([dense, "--name", "a" + String(repeating: "\u{301}", count: 31)], 64, "--name: expected text"),
        Case([dense, "--name", ""], 64, "--name: expected a name, found none"),
        Case([dense, "--mean", "1,2"], 64, "--mean: expected three numbers R,G,B"),
        Case([dense, "--mean", "1,x,2"], 64, "1,x,2"),
        Case([dense, "--std", "1,0,1"], 64, "--std: expected three positive numbers R,G,B"),
    ]

    static let data: [Case] = [
        Case(
            [Fixture.path("half-condensed/dense.pth.tar")], 65,
            "features.denseblock_1.denselayer_1.conv_1: every group keeps 12, needs 4"),
        Case(
            [Fixture.path("half-condensed/dense.pth.tar"), "--allow-unpruned"], 65,
            "features.denseblock_1.denselayer_1.conv_1: every group keeps 12, needs 4"),
        Case([Fixture.path("README.md")], 65, "README.md"),
        Case([Fixture.path("cifar10-g4/input.npy")], 65, "input.npy"),
        Case([Fixture.path("cifar10-g4")], 65, "directory"),
        Case([dense, "--labels", Fixture.path("README.md")], 65, "10 labels"),
        Case([Fixture.path("no-such-file")], 66, "no-such-file"),
        Case([dense, "--labels", Fixture.path("no-such-labels")], 66, "no-such-labels"),
    ]

    @Test(arguments: usage + data) func refused(example: Case) throws {
        let folder = try TemporaryFolder()
        let result = try Program.convert(example.arguments + ["-o", folder.path("m")])
        #expect(result.code == example.code)
        #expect(result.output.isEmpty)
        let lines = result.diagnostics.split(separator: "\n")
        #expect(lines.first?.hasPrefix("error: ") == true)
        #expect(lines.first?.contains(example.message) == true, "\(result.diagnostics)")
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("  ") })
        #expect(folder.files.isEmpty)
    }

    @Test func everyProblemOnALineOfItsOwn() throws {
        let folder = try TemporaryFolder()
        let path = Fixture.path("half-condensed/dense.pth.tar")
        let result = try Program.convert([path, "-o", folder.path("m")])
        let lines = result.diagnostics.split(separator: "\n")
        #expect(lines.count == 6)
        #expect(lines.first?.hasPrefix("error: \(path): features.denseblock_1.denselayer_1.conv_1: ") == true)
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("  features.denseblock_") && $0.contains(" needs ") })
    }

    @Test func veryManyProblemsAreCounted() throws {
        let folder = try TemporaryFolder()
        let tensors = (1...25).map { number in
            #""features.denseblock_1.denselayer_\#(number).a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#
        }
        let header = "{" + tensors.joined(separator: ",") + "}"
        let bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + header.utf8
        let result = try Program.convert([try folder.write(bytes, to: "net"), "-o", folder.path("m")])
        #expect(result.code == 65)
        let lines = result.diagnostics.split(separator: "\n")
        #expect(lines.count == 21)
        #expect(lines.last == "  and 80 more")
    }

    /// Of every kind, since a comparison network's layers keep their names.
    @Test(arguments: ["models/fashion-mnist.safetensors", "vgg"]) func modelFileIsNoCheckpoint(file: String) throws {
        let folder = try TemporaryFolder()
        var path = Fixture.root.appendingPathComponent(file).path
        if file == "vgg" {
            path = folder.path("vgg")
            #expect(try Program.convert([Fixture.path("comparison/vgg/checkpoint.pth"), "-o", path]).code == 0)
        }
        let files = folder.files
        let result = try Program.convert([path, "-o", folder.path("m")])
        #expect(result.code == 65)
        #expect(result.diagnostics == "error: \(path): expected a checkpoint, found a model file, converted already\n")
        #expect(folder.files == files)
    }

    @Test func labelFileIsTheOneThatIsNamed() throws {
        let folder = try TemporaryFolder()
        for labels in [folder.path("none"), Fixture.path("README.md"), Fixture.path("images")] {
            let result = try Program.convert([Self.dense, "-o", folder.path("m"), "--labels", labels])
            #expect(result.diagnostics.hasPrefix("error: \(labels): "), "\(result.diagnostics)")
        }
    }

    @Test func labelsThatATerminalWouldObey() throws {
        let folder = try TemporaryFolder()
        let labels = try folder.write(Array(repeating: "a\u{1B}[2J\n", count: 10).joined().utf8, to: "labels")
        let result = try Program.convert([Self.dense, "-o", folder.path("m"), "--labels", labels])
        #expect(result.code == 65)
        #expect(
            result.diagnostics
                == "error: \(labels): expected labels without control characters, found a\\u{1b}[2J on line 1\n")
    }

    @Test func outputIsNeeded() throws {
        let result = try Program.convert([Self.dense])
        #expect(result.code == 64)
        #expect(result.diagnostics.hasPrefix("error: ") && result.diagnostics.contains("--output"))
    }

    @Test func checkpointIsNeverReplaced() throws {
        let folder = try TemporaryFolder()
        let checkpoint = try folder.write(try Fixture.bytes("cifar10-g4/dense.pth.tar"), to: "net")
        try FileManager.default.createSymbolicLink(atPath: folder.path("symbolic"), withDestinationPath: checkpoint)
        try FileManager.default.linkItem(atPath: checkpoint, toPath: folder.path("hard"))
        for output in [checkpoint, folder.path("symbolic"), folder.path("hard"), folder.path("./net")] {
            let result = try Program.convert([checkpoint, "-o", output])
            #expect(result.code == 64)
            #expect(result.diagnostics.contains("would replace the checkpoint"))
        }
        let original = try Fixture.bytes("cifar10-g4/dense.pth.tar")
        #expect(try folder.bytes("net") == original)
    }

    @Test func outputThatCannotBeWritten() throws {
        let folder = try TemporaryFolder()
        for path in [folder.path("none/m"), folder.path(""), "/dev/full"] {
            let result = try Program.convert([Self.dense, "-o", path])
            #expect(result.code == 74, "\(path): \(result.diagnostics)")
            #expect(result.diagnostics.split(separator: "\n").last?.hasPrefix("error: ") == true)
        }
        #expect(folder.files.isEmpty)
    }

    @Test func standardOutputThatCannotBeWritten() throws {
        let folder = try TemporaryFolder()
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let result = try Program.convert([Self.dense, "-o", folder.path("m")], output: full)
        #expect(result.code == 74)
        #expect(result.diagnostics.contains("error: standard output: "))

        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let closed = try Program.convert([Self.dense, "-o", folder.path("m")], output: pipe.fileHandleForWriting)
        #expect(closed.code == 74)
    }

    @Test func namesInFilesCannotBreakLines() throws {
        let folder = try TemporaryFolder()
        let header = #"{"a\nerror: b\u001b[2J":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#
        var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init)
        bytes += header.utf8 + [0, 0, 0, 0]
        let result = try Program.convert([try folder.write(bytes, to: "net"), "-o", folder.path("m")])
        #expect(result.code == 65)
        #expect(result.diagnostics.split(separator: "\n").count == 1, "\(result.diagnostics)")
        #expect(!result.diagnostics.contains("\u{1B}"))
    }
}
