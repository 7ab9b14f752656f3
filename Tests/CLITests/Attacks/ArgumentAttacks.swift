import Foundation
import Glibc
import TestSupport
import Testing

/// Class 18: arguments that make no sense, files that cannot be read, readers that go away.
struct ArgumentAttacks {
    @Test(arguments: ["0", "-1", "65", "1000000", "99999999999999999999", "", "two", "1.5", "NaN"])
    func threads(count: String) throws {
        for arguments in [
            ["classify", Attack.model, Attack.image], ["verify", Attack.model],
            ["run", Attack.smallModel, "--input", Attack.tensors, "--output", "/dev/null"],
        ] {
            Attack.expect(try Program.run("condensenet", arguments + ["--threads=\(count)"]), code: 64, "threads")
        }
    }

    @Test(arguments: ["0", "-1", "-9223372036854775808", "9223372036854775808", "five", ""])
    func top(count: String) throws {
        let arguments = ["classify", Attack.model, Attack.image, "--top=\(count)"]
        Attack.expect(try Program.run("condensenet", arguments), code: 64, "top")
    }

    @Test func topBeyondAllClasses() throws {
        let arguments = ["classify", Attack.model, Attack.image, "--top", "9223372036854775807"]
        let result = try Program.run("condensenet", arguments)
        Attack.expect(result, code: 0)
        #expect(result.output.split(separator: "\n").count == 11)
    }

    @Test(arguments: ["0", "-5", "all"]) func limits(count: String) throws {
        let folder = try idx(labels: 2)
        let arguments = ["evaluate", Attack.model, folder.path, "--limit=\(count)"]
        Attack.expect(try Program.run("condensenet", arguments), code: 64, "limit")
    }

    @Test func aLimitBeyondAllImages() throws {
        let folder = try idx(labels: 2)
        let arguments = ["evaluate", Attack.model, folder.path, "--limit", "9223372036854775807", "--json"]
        let result = try Program.run("condensenet", arguments)
        Attack.expect(result, code: 0)
        #expect(result.output.contains("\"images\": 2") || result.output.contains("\"images\":2"), "\(result.output)")
    }

    @Test(arguments: [0, 1, 3]) func labelFilesOfTheWrongLength(labels: Int) throws {
        let folder = try idx(labels: labels)
        Attack.expect(try Program.run("condensenet", ["evaluate", Attack.model, folder.path]), code: 65, folder.path)
    }

    @Test(arguments: [
        [], ["no-such-command"], ["classify"], ["classify", "--no-such-option"], ["classify", "m"],
        ["run", "m"], ["run", "m", "--input"], ["verify", "m", "--threads"], ["verify", "m", "another"],
        ["evaluate", "m"], ["evaluate", "m", "d", "--split", "every"], ["inspect"], ["inspect", "m", "--plan=yes"],
    ])
    func usage(arguments: [String]) throws {
        let result = try Program.run("condensenet", arguments)
        #expect(result.code == 64 || (arguments.isEmpty && result.code == 0), "\(result.code)")
        #expect(!(result.diagnostics + result.output).isEmpty)
    }

    @Test func filesThatAreMissing() throws {
        let folder = try TemporaryFolder()
        let none = folder.path("none")
        for arguments in [
            ["classify", none, Attack.image], ["classify", Attack.model, none], ["inspect", none], ["verify", none],
            ["run", none, "--input", Attack.tensors, "--output", folder.path("y")],
            ["run", Attack.smallModel, "--input", none, "--output", folder.path("y")],
            ["evaluate", Attack.model, none],
        ] {
            Attack.expect(try Program.run("condensenet", arguments), code: 66, none)
        }
        #expect(folder.files.isEmpty)
    }

    @Test(.timeLimit(.minutes(10))) func placesThatAreNoFiles() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.path("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        for path in [folder.path, pipe, "/dev/zero", "/dev/null"] {
            for arguments in [
                ["classify", path, Attack.image], ["classify", Attack.model, path], ["inspect", path],
                ["run", Attack.smallModel, "--input", path, "--output", folder.path("y")],
            ] {
                // A folder of images is classified image by image; this one has none.
                let code: Int32 = arguments == ["classify", Attack.model, folder.path] ? 66 : 65
                Attack.expect(try Program.run("condensenet", arguments), code: code, path)
            }
        }
        #expect(folder.files == ["pipe"])
    }

    @Test(.enabled(if: Program.canDropPrivileges)) func filesAndFoldersWithoutPermission() throws {
        let folder = try TemporaryFolder()
        let model = try folder.write(try Fixture.bytes("models/cifar10-g4.safetensors"), to: "model")
        let image = try folder.write(Data(contentsOf: URL(fileURLWithPath: Attack.image)), to: "images/closed/bag.png")
        chmod(model, 0)
        chmod(folder.path("images/closed"), 0)
        defer { chmod(folder.path("images/closed"), 0o700) }
        for arguments in [
            ["inspect", model], ["classify", Attack.model, image], ["classify", Attack.model, folder.path("images")],
            ["evaluate", Attack.model, folder.path("images/closed")],
        ] {
            Attack.expect(
                try Program.runWithoutPrivileges("condensenet", arguments), code: 66, "Permission denied")
        }
        if Attack.writers.count > 1 {
            Attack.expect(
                try Program.runWithoutPrivileges("condensenet-convert", [model, "-o", folder.path("converted")]),
                code: 66, "Permission denied")
        }
    }

    @Test func namesThatAreNoText() throws {
        let name = "/tmp/\u{1B}[2J\nno\u{202E}such\u{0}file"
        for argument in [name, String(repeating: "a", count: 100_000), ""] {
            let cut = String(argument.prefix { $0 != "\u{0}" })
            let result = try Program.run("condensenet", ["inspect", cut])
            #expect(result.code == 66 || result.code == 64, "\(result.code)")
            #expect(result.diagnostics.filter { $0 == "\n" }.count == 1, "\(result.diagnostics)")
            #expect(!result.diagnostics.unicodeScalars.contains("\u{1B}"))
        }
    }

    /// Commands and a standard output that fails.
    private static let speaking: [[String]] = [
        ["classify", Attack.model, Attack.image], ["classify", Attack.model, Attack.image, "--json"],
        ["inspect", Attack.model], ["inspect", Attack.model, "--plan"], ["inspect", Attack.model, "--json"],
        ["verify", Attack.model],
    ]

    @Test(arguments: speaking) func aReaderThatHasGoneAway(arguments: [String]) throws {
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let result = try Program.run("condensenet", arguments, output: pipe.fileHandleForWriting)
        #expect(result.code == 74 && result.diagnostics == "", "\(result.diagnostics)")
    }

    @Test(arguments: speaking) func aStandardOutputThatIsFull(arguments: [String]) throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        Attack.expect(try Program.run("condensenet", arguments, output: full), code: 74, "standard output")
    }

    @Test(arguments: [["--help"], ["--version"], ["help", "classify"]])
    func helpIntoAClosedPipe(arguments: [String]) throws {
        for program in Attack.writers.map(\.program) {
            let pipe = Pipe()
            try pipe.fileHandleForReading.close()
            let code = try Program.run(program, arguments, output: pipe.fileHandleForWriting).code
            #expect([0, 74].contains(code), "\(program): \(code)")
        }
    }

    @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"]) func descriptorsThatAreClosed(redirections: String) throws
    {
        for arguments in [["inspect", Attack.model], ["classify", Attack.model, Attack.image]] {
            let code = try Program.run("condensenet", arguments, shell: "exec \"$@\" \(redirections)").code
            #expect([0, 74].contains(code), "\(code)")
        }
    }

    /// A test split of two grey images of 28², with as many labels as given.
    private func idx(labels: Int) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        func header(_ type: UInt8, _ sizes: [Int]) -> [UInt8] {
            [0, 0, 8, type] + sizes.flatMap { size in (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) } }
        }
        try folder.write(
            header(3, [2, 28, 28]) + [UInt8](repeating: 128, count: 2 * 28 * 28), to: "t10k-images-idx3-ubyte")
        try folder.write(header(1, [labels]) + [UInt8](repeating: 3, count: labels), to: "t10k-labels-idx1-ubyte")
        return folder
    }
}
