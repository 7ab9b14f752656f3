import Checkpoint
import Foundation
import TestSupport
import Foundations
import Testing

/// Things that are no checkpoint at all. Safety class 2.
@Suite struct IdentityTests {
    @Test(arguments: files) func isRefused(_ attack: Attack) { attack.check() }

    static func unknown(_ name: String, _ bytes: [UInt8], found: String) -> Attack {
        Attack(name, bytes, .unknownContainer(found: found, at: place()))
    }

    static let files: [Attack] = [
        unknown("an empty file", [], found: "an empty file"),
        unknown("one byte", [0x50], found: "bytes 50"),
        unknown("gzip", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], found: "gzip: unpack it first (gunzip)"),
        unknown("text", Array("hello, world".utf8), found: "bytes 68 65 6c 6c 6f 2c 20 77"),
        unknown(
            "HDF5", [0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A],
            found: "HDF5, as Keras saves networks; only PyTorch's are read"),
        unknown("zeros", [UInt8](repeating: 0, count: 2048), found: "bytes 00 00 00 00 00 00 00 00"),
        Attack(
            "a pickle that PyTorch did not write", PythonValue.dict([]).pickle,
            .unknownContainer(
                found: "a plain pickle: load it in Python and save its state dict by torch.save", at: place())),
    ]

    @Test func missingFile() {
        let path = "/nonexistent/net.pth.tar"
        let error = FileError.noInput(path: path, reason: "No such file or directory")
        #expect(throws: error) { try Checkpoint.load(path: path) }
        #expect(error.category == .missingInput)
    }

    @Test func fileThatMayNotBeRead() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        try Data(TinyCheckpoint.zip.bytes).write(to: URL(fileURLWithPath: path))
        try #require(chmod(path, 0) == 0)
        let error = FileError.noInput(path: path, reason: "Permission denied")
        #expect(throws: error) { try withoutPrivileges { try Checkpoint.load(path: path) } }
        #expect(error.category == .missingInput)
    }

    @Test func directory() {
        #expect(throws: FileError.notAFile(path: "/tmp", found: "a directory")) {
            try Checkpoint.load(path: "/tmp")
        }
    }

    @Test func device() {
        #expect(throws: FileError.notAFile(path: "/dev/zero", found: "a device")) {
            try Checkpoint.load(path: "/dev/zero")
        }
    }

    /// Opening a pipe for reading would wait for a writer.
    @Test(.timeLimit(.minutes(10))) func pipe() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        try #require(mkfifo(path, 0o600) == 0)
        #expect(throws: FileError.notAFile(path: path, found: "a FIFO")) {
            try Checkpoint.load(path: path)
        }
    }

    /// The system opens no socket.
    @Test func socket() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        try #require(mknod(path, S_IFSOCK | 0o600, 0) == 0)
        #expect(throws: FileError.noInput(path: path, reason: "No such device or address")) {
            try Checkpoint.load(path: path)
        }
    }

    /// The file has holes, so that it is large and takes no space.
    @Test func fileOfThreeGibibytes() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        try #require(FileManager.default.createFile(atPath: path, contents: nil))
        try #require(truncate(path, 3 << 30) == 0)
        #expect(
            throws: CheckpointError.overLimit(
                .fileBytes, limit: 2 << 30, found: 3 << 30, at: CheckpointLocation(file: path))
        ) { try Checkpoint.load(path: path) }
    }

    @Test func fileOnDisk() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        try Data(TinyCheckpoint.zip.bytes).write(to: URL(fileURLWithPath: path))
        #expect(try Checkpoint.load(path: path).names == ["weight", "bias", "index"])
    }

    @Test func messagesStayOnOneLine() {
        let error = CheckpointError.pickle(
            .forbiddenGlobal("os\n\u{1B}[2Jsystem" + String(repeating: "x", count: 500)),
            at: CheckpointLocation(file: "a\nb", entry: "net/data.pkl", offset: 2))
        let expected =
            "a\\u{a}b, net/data.pkl, byte 2: os\\u{a}\\u{1b}[2Jsystem" + String(repeating: "x", count: 147)
            + "… is not among the names that a state dict needs: save model.state_dict() alone (nothing in the file was run)"
        #expect(error.description == expected)
    }

    private func temporaryPath() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("checkpoint-\(UUID().uuidString)").path
    }
}
