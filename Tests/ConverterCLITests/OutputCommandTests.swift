import Foundation
import TestSupport
import Testing

/// Outputs that would replace an input, or that cannot be written: known before any work, and nothing is touched.
struct OutputCommandTests {
    private static let dense = Fixture.path("cifar10-g4/dense.pth.tar")
    private static let commands = [
        ["\(dense).none"], ["architecture", "--family", "resnet-18"], ["export-onnx", "\(dense).none"],
    ]

    @Test func labelFileIsNeverReplaced() throws {
        let folder = try TemporaryFolder()
        let text = (0..<10).map { "number \($0)\n" }.joined()
        let labels = try folder.write(text.utf8, to: "lab.txt")
        try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: labels)
        for output in [labels, folder.path("link"), folder.path("./lab.txt")] {
            let result = try Program.convert([Self.dense, "-o", output, "--labels", labels])
            #expect(result.code == 64)
            #expect(result.diagnostics == "error: --output: \(output) would replace the label file\n")
        }
        #expect(try folder.bytes("lab.txt") == Array(text.utf8))
    }

    /// A hyphen means standard output to other programs, and messages go to standard error.
    @Test(arguments: commands) func standardStreams(command: [String]) throws {
        let folder = try TemporaryFolder()
        for output in ["-", "/dev/stdout", "/proc/self/fd/1", "/dev/stderr", "/dev/fd/2"] {
            let result = try Program.run(
                "condensenet-convert", command + ["-o", output], shell: "cd '\(folder.path)' && \"$@\"")
            #expect(result.code == 64)
            #expect(result.diagnostics == "error: --output: expected a file, found \(output)\n")
            #expect(result.output.isEmpty && folder.files.isEmpty)
        }
    }

    /// The input does not exist either, which would be found first if it were read first.
    @Test(arguments: commands) func outputIsLookedAtBeforeTheInput(command: [String]) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("a file".utf8, to: "file")
        let missing = "No such file or directory"
        for (output, reason) in [
            (folder.path("none/m"), missing), ("\(folder.path("none"))/", missing), ("", missing),
            (folder.path, "is a directory"), ("\(file)/m", "Not a directory"),
            (folder.path(String(repeating: "m", count: 300)), "File name too long"),
        ] {
            let result = try Program.convert(command + ["-o", output])
            #expect(result.code == 74, "\(output): \(result.diagnostics)")
            #expect(result.diagnostics == "error: \(output): \(reason)\n")
        }
        #expect(folder.files == ["file"])
    }

    @Test(.enabled(if: Program.canDropPrivileges), arguments: commands)
    func folderThatMayNotBeWritten(command: [String]) throws {
        let folder = try TemporaryFolder()
        try folder.write("a file".utf8, to: "closed/file")
        try #require(chmod(folder.path("closed"), 0o555) == 0)
        defer { chmod(folder.path("closed"), 0o755) }
        for name in ["m", "file"] {
            let output = folder.path("closed/\(name)")
            let result = try Program.runWithoutPrivileges("condensenet-convert", command + ["-o", output])
            #expect(result.code == 74)
            #expect(result.diagnostics == "error: \(output): Permission denied\n")
        }
    }

    /// A link's target is what is written, also where it does not exist yet; a device is written as it is.
    @Test func whatCanBeWritten() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("a"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder.path("a/link"), withDestinationPath: "../net.json")
        for output in [folder.path("a/link"), folder.path("a/link"), "/dev/null"] {
            let result = try Program.convert(["architecture", "--family", "resnet-18", "-o", output])
            #expect(result.code == 0, "\(result.diagnostics)")
        }
        #expect(folder.files == ["a", "net.json"])
    }

    @Test(arguments: ["-o $'o\\xe9.json'", "-o a.json --name $'n\\xff'"]) func argumentsThatAreNoText(_ rest: String)
        throws
    {
        let folder = try TemporaryFolder()
        let result = try Program.run(
            "condensenet-convert", ["architecture", "--family", "resnet-18"],
            shell: "cd '\(folder.path)' && \"$@\" \(rest)")
        #expect(result.code == 64)
        #expect(
            result.diagnostics.hasSuffix(
                "\u{FFFD}\(rest.hasSuffix("json'") ? ".json" : ""): expected UTF-8, found other bytes\n"))
        #expect(result.diagnostics.hasPrefix("error: ") && result.diagnostics.split(separator: "\n").count == 1)
        #expect(folder.files.isEmpty)
    }
}
