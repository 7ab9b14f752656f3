import Foundation
import TestSupport
import Testing

/// `condensenet classify MODEL --watch DIR`
struct ClassifyWatchTests {
    private func watch(_ folder: TemporaryFolder, _ options: String...) throws -> RunningProgram {
        let program = try Program.start(
            "condensenet", ["classify", Shipped.model, "--watch", folder.path, "--json-lines"] + options)
        try program.wait { $0.diagnostics.contains("watching \(folder.path)\n") }
        return program
    }

    private func lines(_ program: RunningProgram) -> Int { program.output.utf8.reduce(0) { $0 + ($1 == 10 ? 1 : 0) } }

    /// Ends the program, and says which images it has told of.
    private func images(_ program: RunningProgram) throws -> [String] {
        program.send(SIGTERM)
        return try program.wait().output.split(separator: "\n").map { try JSON(String($0))["image"]!.string! }
    }

    @Test func classifiesFilesAsTheyAppear() throws {
        let (folder, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
        try folder.write(try Shipped.sampleBytes("trouser"), to: "before.png")
        let program = try watch(folder)
        try folder.write(try Shipped.sampleBytes("bag"), to: "written.png")
        try program.wait { lines($0) == 1 }
        try folder.write(try Shipped.sampleBytes("dress"), to: "notes.txt")
        try folder.write(try Shipped.sampleBytes("dress"), to: ".hidden.png")
        try folder.write(Array("no image".utf8), to: "broken.png")
        try elsewhere.write(try Shipped.sampleBytes("sneaker"), to: "moved.png")
        try FileManager.default.moveItem(atPath: elsewhere.path("moved.png"), toPath: folder.path("moved.png"))
        try program.wait { lines($0) == 3 && $0.diagnostics.contains("broken.png") }
        program.send(SIGTERM)
        let result = program.wait()
        #expect(result.code == 0, "\(result.diagnostics)")
        let answers = try result.output.split(separator: "\n").map { try JSON(String($0)) }
        #expect(answers.map { $0["image"]!.string! } == ["written.png", "broken.png", "moved.png"].map(folder.path))
        #expect(answers.compactMap { $0["predictions"]?[0]["label"]?.string } == ["Bag", "Sneaker"])
        #expect(answers[1]["error"]!.string!.contains("expected a JPEG"))
        #expect(result.diagnostics.contains("error: \(folder.path("broken.png")): expected a JPEG"))
    }

    /// Links appear at once, and nothing is written to them.
    @Test func linksAppearToo() throws {
        let (folder, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
        let bag = try elsewhere.write(try Shipped.sampleBytes("bag"), to: "bag.png")
        let program = try watch(folder)
        try FileManager.default.createSymbolicLink(atPath: folder.path("symbolic.png"), withDestinationPath: bag)
        try program.wait { lines($0) == 1 }
        try folder.write(try Shipped.sampleBytes("dress"), to: "written")
        try FileManager.default.linkItem(atPath: folder.path("written"), toPath: folder.path("hard.png"))
        try program.wait { lines($0) == 2 }
        program.send(SIGTERM)
        let answers = try program.wait().output.split(separator: "\n").map { try JSON(String($0)) }
        #expect(answers.map { $0["image"]!.string! } == ["symbolic.png", "hard.png"].map(folder.path))
        #expect(answers.map { $0["predictions"]![0]["label"]!.string! } == ["Bag", "Dress"])
    }

    /// More files than the system's notes hold (fs.inotify.max_queued_events), while nobody takes them up.
    @Test func moreFilesAtOnceThanTheSystemNotes() throws {
        let (folder, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
        // No pictures: what counts is that each of them is answered.
        let original = try elsewhere.write([UInt8](), to: "empty")
        let program = try watch(folder)
        program.send(SIGSTOP)
        let count = 17_000
        for index in 0..<count where link(original, folder.path("\(index).png")) != 0 { Issue.record("link \(errno)") }
        program.send(SIGCONT)
        try program.wait { lines($0) >= count }
        program.send(SIGTERM)
        let result = program.wait()
        let names = try result.output.split(separator: "\n").map { try JSON(String($0))["image"]!.string! }
        #expect(names.count == count && Set(names).count == count)
    }

    @Test func foldersBelow() throws {
        let folder = try TemporaryFolder()
        try folder.write(try Shipped.sampleBytes("bag"), to: "old/before.png")
        let program = try watch(folder)
        try folder.write(try Shipped.sampleBytes("bag"), to: "old/1.png")
        try program.wait { lines($0) == 1 }
        // A folder that comes with its files, and one that they come into later.
        try folder.write(try Shipped.sampleBytes("bag"), to: "new/deep/2.png")
        try program.wait { lines($0) == 2 }
        try folder.write(try Shipped.sampleBytes("bag"), to: "new/deep/3.png")
        try program.wait { lines($0) == 3 }
        #expect(try images(program) == ["old/1.png", "new/deep/2.png", "new/deep/3.png"].map(folder.path))
    }

    /// Where the system tells nothing, as on file systems over a network.
    @Test func lookingEverySoOften() throws {
        let folder = try TemporaryFolder()
        try folder.write(try Shipped.sampleBytes("bag"), to: "before.png")
        let program = try watch(folder, "--poll", "0.05")
        try folder.write(try Shipped.sampleBytes("bag"), to: "1.png")
        try program.wait { lines($0) == 1 }
        try folder.write(try Shipped.sampleBytes("dress"), to: "below/2.png")
        try program.wait { lines($0) == 2 }
        // Written anew.
        try folder.write(try Shipped.sampleBytes("dress"), to: "1.png")
        try program.wait { lines($0) == 3 }
        program.send(SIGINT)
        let result = program.wait()
        #expect(result.code == 130 && result.diagnostics.hasSuffix("error: interrupted after 3 images\n"))
        let labels = try result.output.split(separator: "\n").map {
            try JSON(String($0))["predictions"]![0]["label"]!.string!
        }
        #expect(labels == ["Bag", "Dress", "Dress"])
    }

    /// What has been told is forgotten with its file, which is told again when it comes back as it was.
    @Test(arguments: [false, true]) func filesThatAreGoneAreForgotten(polls: Bool) throws {
        let (folder, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
        let program = polls ? try watch(folder, "--poll", "0.05") : try watch(folder)
        try folder.write(try Shipped.sampleBytes("bag"), to: "1.png")
        try program.wait { lines($0) == 1 }
        try FileManager.default.moveItem(atPath: folder.path("1.png"), toPath: elsewhere.path("1.png"))
        // Once this one is answered, it has been seen that the first is gone.
        try folder.write(try Shipped.sampleBytes("dress"), to: "2.png")
        try program.wait { lines($0) == 2 }
        try FileManager.default.moveItem(atPath: elsewhere.path("1.png"), toPath: folder.path("1.png"))
        try program.wait { lines($0) == 3 }
        #expect(try images(program) == ["1.png", "2.png", "1.png"].map(folder.path))
    }

    @Test func controlCEndsIt() throws {
        let folder = try TemporaryFolder()
        let program = try watch(folder)
        program.send(SIGINT)
        #expect(program.wait().code == 130)
    }

    @Test func folderThatVanishesEndsIt() throws {
        let folder = try TemporaryFolder()
        let program = try watch(folder)
        try FileManager.default.removeItem(atPath: folder.path)
        let result = program.wait()
        #expect(result.code == 66 && result.diagnostics.hasSuffix("the watched folder is gone\n"))
    }

    @Test func noSuchFolder() throws {
        expectFailure(try condensenet("classify", Shipped.model, "--watch", "/nowhere"), 66, "/nowhere")
        expectFailure(try condensenet("classify", Shipped.model, "--watch", Shipped.model), 66, "Not a directory")
    }

    @Test(.enabled(if: !Emulation.isOn, "the memory of an emulator grows by itself"))
    func memoryStaysAsItIs() throws {
        let folder = try TemporaryFolder()
        let program = try watch(folder, "--top", "1")
        let bag = try Shipped.sampleBytes("bag")
        func drop(_ range: Range<Int>) throws -> Int {
            for index in range { try folder.write(bag, to: "\(index).png") }
            try program.wait { lines($0) >= range.upperBound }
            return try residentBytes(program.processIdentifier)
        }
        let early = try drop(0..<100)
        let late = try drop(100..<500)
        program.send(SIGTERM)
        #expect(program.wait().code == 0)
        #expect(late - early < 1 << 20, "resident \(early), then \(late) bytes")
    }

    /// What a process occupies in memory.
    private func residentBytes(_ process: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let match = try #require(status.firstMatch(of: /VmRSS:\s+(\d+) kB/))
        return 1024 * Int(match.1)!
    }
}
