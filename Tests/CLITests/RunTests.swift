import Foundation
import TestSupport
import Testing

/// `condensenet run MODEL --input X.npy --output Y.npy`
struct RunTests {
    private let input = Fixture.path("fashion-mnist/input.npy")

    private static let image = 4 * 3 * 32 * 32

    /// The data of the fixture's first images.
    private func images(_ count: Int) throws -> [UInt8] {
        Array(try Fixture.bytes("fashion-mnist/input.npy").suffix(64 * Self.image).prefix(count * Self.image))
    }

    private func run(_ input: String, _ output: String, _ options: String...) throws -> Program.Result {
        try Program.run("condensenet", ["run", Shipped.model, "--input", input, "--output", output] + options)
    }

    @Test(arguments: ["1", "3"]) func logitsArePyTorchs(threads: String) throws {
        let folder = try TemporaryFolder()
        let result = try run(input, folder.path("y.npy"), "--threads", threads)
        #expect(result.code == 0 && result.output.isEmpty && result.diagnostics.isEmpty, "\(result.diagnostics)")
        let expected = try Fixture.array("fashion-mnist-trained/logits.npy")
        let found = try floats(folder, shape: "(64, 10)")
        let largest = expected.values.map(\.magnitude).max()!
        #expect(found.count == 640)
        for (index, (a, b)) in zip(found, expected.values).enumerated() {
            #expect((a - b).magnitude <= 1e-5 * largest, "logit \(index): \(a), expected \(b)")
        }
    }

    private func floats(_ folder: TemporaryFolder, shape: String) throws -> [Float] {
        let bytes = try folder.bytes("y.npy")
        let header = String(decoding: bytes[10..<128], as: UTF8.self)
        #expect(header.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }"), "\(header)")
        let start = 10 + Int(bytes[8]) + 256 * Int(bytes[9])
        #expect(start % 64 == 0)
        return bytes[start...].withUnsafeBytes { raw in
            (0..<(raw.count / 4)).map {
                Float(bitPattern: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self).littleEndian)
            }
        }
    }

    @Test func everyVersionOfTheFormatIsRead() throws {
        let folder = try TemporaryFolder()
        var outputs: Set<[UInt8]> = []
        for version in 1...3 {
            let file = NumpyArray.file(version: UInt8(version), shape: "(2, 3, 32, 32)", try images(2))
            let result = try run(try folder.write(file, to: "x.npy"), folder.path("y.npy"))
            #expect(result.code == 0, "\(result.diagnostics)")
            outputs.insert(try folder.bytes("y.npy"))
        }
        #expect(outputs.count == 1)
    }

    @Test func noImagesGiveNoLogits() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(NumpyArray.file(shape: "(0, 3, 32, 32)", []), to: "x.npy")
        #expect(try run(file, folder.path("y.npy")).code == 0)
        #expect(try floats(folder, shape: "(0, 10)").isEmpty)
    }

    @Test func refusedInputsLeaveTheOutputAsItWas() throws {
        let folder = try TemporaryFolder()
        let data = try images(1)
        let shape = "(1, 3, 32, 32)"
        let attacks: [(file: [UInt8], message: String)] = [
            (NumpyArray.file(type: ">f4", shape: shape, data), "expected element type '<f4', found '>f4'"),
            (NumpyArray.file(type: "<f8", shape: shape, data + data), "expected element type '<f4', found '<f8'"),
            (NumpyArray.file(fortran: "True", shape: shape, data), "expected C order, found Fortran order"),
            (NumpyArray.file(shape: "(1, 3, 32, 31)", data), "expected \(data.count - 384) bytes of data"),
            (NumpyArray.file(shape: "(1, 1, 32, 96)", data), "expected shape [N, 3, 32, 32], found [1, 1, 32, 96]"),
            (NumpyArray.file(shape: "(3, 32, 32)", data), "expected shape [N, 3, 32, 32], found [3, 32, 32]"),
            (NumpyArray.file(shape: "()", [0, 0, 0, 0]), "expected shape [N, 3, 32, 32], found []"),
            (NumpyArray.file(shape: "(-1, 3, 32, 32)", data), "expected a shape of whole numbers"),
            (
                NumpyArray.file(shape: "(9223372036854775807, 3, 32, 32)", data),
                "found shape [9223372036854775807, 3, 32, 32]"
            ),
            (NumpyArray.file(shape: shape, data.dropLast()), "found \(data.count - 1)"),
            (NumpyArray.file(shape: shape, data + [0]), "found \(data.count + 1)"),
            (NumpyArray.file(version: 4, shape: shape, data), "expected .npy version 1, 2 or 3, found 4.0"),
            (Array(NumpyArray.file(shape: shape, data).prefix(40)), "expected a header of 118 bytes, found 30"),
            ([], "expected a .npy file, found an empty file"),
            (Array("PK\u{3}\u{4} an archive".utf8), "expected a .npy file, found a file of another kind"),
        ]
        let output = try folder.write("as it was".utf8, to: "y.npy")
        for attack in attacks {
            let result = try run(try folder.write(attack.file, to: "x.npy"), output)
            expectFailure(result, 65, attack.message)
            #expect(result.diagnostics.hasPrefix("error: \(folder.path("x.npy")): "), "\(result.diagnostics)")
        }
        expectFailure(try run("/nowhere.npy", output), 66, "/nowhere.npy: No such file or directory")
        expectFailure(try run(folder.path, output), 65, "expected a regular file, found a directory")
        #expect(try folder.bytes("y.npy") == Array("as it was".utf8))
        #expect(folder.files == ["x.npy", "y.npy"])
    }

    @Test func outputThatCannotBeWritten() throws {
        let folder = try TemporaryFolder()
        expectFailure(try run(input, "/nowhere/y.npy"), 74, "/nowhere/y.npy")
        expectFailure(try run(input, folder.path), 74, "is a directory")
        #expect(folder.files.isEmpty)
    }

    @Test func outputThatWouldReplaceAnInput() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(NumpyArray.file(shape: "(1, 3, 32, 32)", try images(1)), to: "x.npy")
        let model = try folder.write(try contents(Shipped.model), to: "m.safetensors")
        symlink(file, folder.path("link"))
        for output in [file, model, folder.path("link")] {
            expectFailure(
                try condensenet("run", model, "--input", file, "--output", output), 64,
                "--output: \(output) would replace")
        }
        #expect(try contents(model) == contents(Shipped.model))
    }

    @Test func logitsThatAreNotNumbersAreWrittenAsTheyAre() throws {
        let folder = try TemporaryFolder()
        let model = try folder.write(try Shipped.answeringNaN(), to: "model")
        let file = try folder.write(NumpyArray.file(shape: "(1, 3, 32, 32)", try images(1)), to: "x.npy")
        #expect(try condensenet("run", model, "--input", file, "--output", folder.path("y.npy")).code == 0)
        let logits = try floats(folder, shape: "(1, 10)")
        #expect(!logits[3].isFinite && logits[2].isFinite)
    }
}
