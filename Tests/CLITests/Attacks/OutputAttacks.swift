import Foundation
import Glibc
import TestSupport
import Testing

/// Class 16: disks that fill, folders that may not be written, death while writing. A file that exists survives whole.
@Suite(.serialized) struct OutputAttacks {
    private static let writers = Attack.writers.indices

    private func write(_ writer: Int, to path: String) throws -> Program.Result {
        try Program.run(Attack.writers[writer].program, Attack.writers[writer].arguments + [path])
    }

    /// Mounting needs the superuser; without it, /dev/full and the size limit below stand in.
    private static let canMount: Bool = {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mount-\(UUID().uuidString)").path
        mkdir(folder, 0o700)
        defer { rmdir(folder) }
        guard mount("tmpfs", folder, "tmpfs", 0, "size=4k") == 0 else { return false }
        umount2(folder, 0)
        return true
    }()

    @Test(.enabled(if: canMount), arguments: writers) func aDiskThatIsFull(writer: Int) throws {
        let folder = try TemporaryFolder()
        try #require(mount("tmpfs", folder.path, "tmpfs", 0, "size=8k") == 0)
        defer { umount2(folder.path, 0) }
        let old = Array("an older file".utf8)
        let path = try folder.write(old, to: "result")
        try folder.write([UInt8](repeating: 0, count: 4000), to: "ballast")
        let filler = folder.path("filler")
        let room = open(filler, O_CREAT | O_WRONLY, 0o600)
        while Glibc.write(room, [UInt8](repeating: 1, count: 4096), 4096) > 0 {}
        close(room)
        Attack.expect(try write(writer, to: path), code: 74, "No space left on device")
        #expect(try folder.bytes("result") == old)
        #expect(folder.files == ["ballast", "filler", "result"])
        Attack.expect(try write(writer, to: folder.path("new")), code: 74, "No space left on device")
        #expect(folder.files == ["ballast", "filler", "result"])
    }

    /// What a full disk does, by a limit on file sizes: the write begins and cannot end.
    @Test(arguments: writers) func aFileSizeLimitInTheMiddleOfTheFile(writer: Int) throws {
        let folder = try TemporaryFolder()
        let old = Array("an older file".utf8)
        let path = try folder.write(old, to: "result")
        // Blocks of 1024 bytes: enough for what an emulator keeps in files for itself, too little for the result.
        let limit = 32
        var arguments = Attack.writers[writer].arguments
        if writer == 0 {
            arguments[1] = Fixture.path("models/imagenet-g8.safetensors")
            // Nine images, whose 1000 logits each take 36,000 bytes.
            let data = [UInt8](repeating: 0, count: 4 * 9 * 3 * 224 * 224)
            arguments[3] = try folder.write(NumpyArray.file(shape: "(9, 3, 224, 224)", data), to: "images")
        }
        let command = ([try Program.url(Attack.writers[writer].program).path] + arguments + [path])
            .map { "'\($0)'" }.joined(separator: " ")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "trap '' XFSZ; ulimit -f \(limit); exec \(command)"]
        let errors = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 74, "\(text)")
        #expect(text.contains("File too large"), "\(text)")
        #expect(try folder.bytes("result") == old)
        #expect(folder.files.filter { $0 != "images" } == ["result"])
    }

    @Test(arguments: writers) func placesThatCannotBeWritten(writer: Int) throws {
        let folder = try TemporaryFolder()
        for path in [folder.path("none/result"), folder.path, "/dev/full", "/proc/result", ""] {
            Attack.expect(try write(writer, to: path), code: 74)
        }
        #expect(folder.files.isEmpty)
    }

    @Test(.enabled(if: Program.canDropPrivileges), arguments: writers) func aFolderWithoutPermission(writer: Int) throws
    {
        let folder = try TemporaryFolder()
        let old = Array("an older file".utf8)
        let path = try folder.write(old, to: "closed/result")
        chmod(folder.path("closed"), 0o500)
        defer { chmod(folder.path("closed"), 0o700) }
        let result = try Program.runWithoutPrivileges(
            Attack.writers[writer].program, Attack.writers[writer].arguments + [path])
        Attack.expect(result, code: 74, "Permission denied")
        #expect(try folder.bytes("closed/result") == old)
    }

    /// A hundred deaths at moments spread over the whole run: the name always leads to the old file or to the new one.
    @Test(arguments: writers) func killedWhileWriting(writer: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("result")
        let start = Date()
        Attack.expect(try write(writer, to: path), code: 0)
        let duration = Date().timeIntervalSince(start)
        let new = try folder.bytes("result")
        let old = Array("an older file".utf8)
        var outcomes = [old: 0, new: 0]
        for round in 0..<100 {
            try folder.write(old, to: "result")
            let program = try Program.start(
                Attack.writers[writer].program, Attack.writers[writer].arguments + [path])
            // The second half waits for the temporary file, so that death falls into the writing itself.
            let deadline = Date(timeIntervalSinceNow: round < 50 ? duration * Double(round) / 50 : 10)
            while Date() < deadline, program.isRunning, round < 50 || folder.files.count == 1 { usleep(20) }
            program.send(SIGKILL)
            _ = program.wait()
            let found = try folder.bytes("result")
            try #require(outcomes[found] != nil, "round \(round): neither the old file nor the new one")
            outcomes[found]! += 1
            let others = folder.files.filter { $0 != "result" }
            #expect(others.count <= 1 && others.allSatisfy { $0.hasSuffix(".partial") }, "round \(round): \(others)")
            for name in others { unlink(folder.path(name)) }
        }
        #expect(outcomes[old]! > 0)
    }
}
