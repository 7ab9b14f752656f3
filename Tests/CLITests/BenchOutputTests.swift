import Foundation
import TestSupport
import Testing

/// The files that `bench` and other commands write: which they refuse to begin with, and what is in them.
struct BenchOutputTests {
    /// One run, and nothing left to the clock.
    private static let once = ["--runs", "1", "--warmup", "0", "--seconds", "0"]

    @Test func outputsThatWouldReplaceOneAnother() throws {
        let program = try BenchProgram()
        let model = program.path("m.safetensors")
        try FileManager.default.copyItem(atPath: BenchProgram.model, toPath: model)
        let before = try contents(model)
        let json = program.path("a.json")
        for options in [["--json", model], ["--csv", model], ["--report", json, "--json", json]] {
            let result = try program.run(["bench", model] + Self.once + options)
            expectFailure(result, 64, "\(options[1]) would replace")
        }
        #expect(try contents(model) == before)
        try Data("[]".utf8).write(to: URL(fileURLWithPath: json))
        expectFailure(try program.run(["report", json, "-o", json]), 64, "would replace a result")
    }

    /// Neither file exists yet, and no two paths are the same text.
    @Test(arguments: [
        ("out", "./out"), ("out", "../HERE/out"), ("folder/out", "link/out"), ("out", "dangling"), ("dangling", "out"),
        ("dangling", "far"),
    ])
    func twoPathsToOneNewFile(_ first: String, _ second: String) throws {
        let folder = try folder()
        let name = URL(fileURLWithPath: folder.path).lastPathComponent
        let result = try Program.run(
            "condensenet",
            ["bench", BenchProgram.model, "--json", first, "--csv", second.replacing("HERE", with: name)] + Self.once,
            shell: "cd '\(folder.path)' && exec \"$@\"")
        expectFailure(result, 64, "would replace --json")
        #expect(folder.files == ["dangling", "far", "folder", "link"])
    }

    @Test(arguments: [("out", "folder/out"), ("dangling", "out2"), ("/dev/null", "/dev/null")])
    func twoPathsToTwoFiles(_ first: String, _ second: String) throws {
        let folder = try folder()
        let result = try Program.run(
            "condensenet", ["bench", BenchProgram.model, "--json", first, "--csv", second] + Self.once,
            shell: "cd '\(folder.path)' && exec \"$@\"")
        #expect(result.code == 0, "\(result.diagnostics)")
    }

    /// Holds a folder, a link to it, and a link to a link to a file that does not exist.
    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let files = FileManager.default
        try files.createDirectory(atPath: folder.path("folder"), withIntermediateDirectories: false)
        for (link, destination) in [("link", "folder"), ("dangling", "out"), ("far", "link/../dangling")] {
            try files.createSymbolicLink(atPath: folder.path(link), withDestinationPath: destination)
        }
        return folder
    }

    /// The model file is missing as well, but nothing has been looked for yet.
    @Test(arguments: [
        ["bench", "none", "--json"], ["bench", "none", "--csv"], ["bench", "none", "--report"],
        ["evaluate", "none", "none", "--predictions"], ["run", "none", "--input", "none", "--output"],
        ["report", "none", "--output"],
    ])
    func outputThatCannotBeWritten(_ command: [String]) throws {
        let folder = try TemporaryFolder()
        try folder.write([], to: "file")
        for (path, reason) in [
            (folder.path("none/x"), "No such file or directory"), (folder.path("x") + "/", "No such file or directory"),
            (folder.path("file/x"), "Not a directory"), (folder.path, "is a directory"),
            ("", "No such file or directory"),
        ] {
            expectFailure(try condensenet(command + [path]), 74, "error: \(path): \(reason)\n")
        }
        #expect(folder.files == ["file"])
    }

    @Test(.enabled(if: Program.canDropPrivileges)) func aFolderWithoutPermission() throws {
        let folder = try TemporaryFolder()
        try folder.write([], to: "closed/file")
        chmod(folder.path("closed"), 0o500)
        defer { chmod(folder.path("closed"), 0o700) }
        for name in ["file", "new"] {
            let path = folder.path("closed/\(name)")
            expectFailure(
                try Program.runWithoutPrivileges("condensenet", ["bench", "none", "--json", path]), 74,
                "\(path): Permission denied")
        }
    }

    /// A link in a closed folder to a file in an open one.
    @Test(.enabled(if: Program.canDropPrivileges)) func aLinkOutOfAFolderWithoutPermission() throws {
        let folder = try TemporaryFolder()
        try folder.write([], to: "closed/file")
        let link = folder.path("closed/link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "../new")
        chmod(folder.path("closed"), 0o500)
        defer { chmod(folder.path("closed"), 0o700) }
        let result = try Program.runWithoutPrivileges(
            "condensenet", ["bench", BenchProgram.model, "--json", link] + Self.once)
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(folder.files == ["closed", "new"])
    }

    @Test func standardOutputIsNoPlaceForArrays() throws {
        let result = try condensenet("run", BenchProgram.model, "--input", "none", "--output", "-")
        #expect(result.code == 64)
        #expect(result.diagnostics.hasPrefix("error: --output: expected a file, found -\n"), "\(result.diagnostics)")
    }

    /// A quote with a combining mark is one character to Swift and two to a reader of CSV.
    private static let name = "a\"\u{301},\u{301}b"
    private static let field = Array("\"a\"\"\u{301},\u{301}b\"".utf8)

    @Test func quotesInTheNameOfAModel() throws {
        let folder = try TemporaryFolder()
        let text = try String(contentsOfFile: BenchProgram.architecture, encoding: .utf8)
        let renamed = text.replacing("\"CondenseNet-50 (CIFAR-10)\"", with: "\"a\\\"\u{301},\u{301}b\"")
        try #require(renamed != text)
        let model = try folder.write(renamed.utf8, to: "model.json")
        let result = try condensenet(["bench", model, "--csv", folder.path("c.csv")] + Self.once)
        #expect(result.code == 0, "\(result.diagnostics)")
        let header = Array("model,threads,run,order,start_ns,latency_ns,path\n".utf8)
        #expect(try folder.bytes("c.csv").starts(with: header + Self.field + Array(",1,0,0,".utf8)))
    }

    @Test func quotesInTheNameOfAnImage() throws {
        let folder = try TemporaryFolder()
        try folder.write(try Shipped.sampleBytes("bag"), to: "data/Bag/\(Self.name).png")
        let result = try condensenet(
            "evaluate", Shipped.model, folder.path("data"), "--predictions", folder.path("c.csv"))
        #expect(result.code == 0, "\(result.diagnostics)")
        let line = try folder.bytes("c.csv").split(separator: UInt8(ascii: "\n"))[1]
        // The name follows the folders'.
        let quoted = Array("/a\"\"\u{301},\u{301}b.png\",8,8,".utf8)
        #expect(line.first == UInt8(ascii: "\""))
        #expect(line.indices.contains { line[$0...].starts(with: quoted) }, "\(String(decoding: line, as: UTF8.self))")
    }

    /// The checksum is that of the bytes that were measured, though the file has changed since they were read.
    @Test func theChecksumOfAFileThatIsReplaced() throws {
        let folder = try TemporaryFolder()
        let bytes = try contents(Attack.architecture)
        let model = try folder.write(bytes, to: "model.json")
        let program = try Program.start(
            "condensenet", ["bench", model, "--json", folder.path("j.json")] + Self.once)
        try program.wait { $0.diagnostics.contains("weights are random") }
        try folder.write(try contents(BenchProgram.architecture), to: "model.json")
        let result = program.wait()
        #expect(result.code == 0, "\(result.diagnostics)")
        let record = try JSON(String(decoding: try folder.bytes("j.json"), as: UTF8.self))[0]
        #expect(record["crc32"]?.string == Self.crc32(bytes))
    }

    /// By the definition: the remainder of a division, bit by bit.
    private static func crc32(_ bytes: [UInt8]) -> String {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return String(format: "%08x", ~crc)
    }
}
