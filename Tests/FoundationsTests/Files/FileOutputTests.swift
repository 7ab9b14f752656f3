import Foundation
import TestSupport
import Testing

@testable import Foundations

@Suite struct FileOutputTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func replace(_ path: String, _ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try FileOutput.replace(path, with: $0) }
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode : 0
    }

    @Test func aNewFile() throws {
        for (name, bytes) in [("empty", []), ("one", [7]), ("many", Array(repeating: 9, count: 3_000_001))]
            as [(String, [UInt8])]
        {
            try replace(folder.path(name), bytes)
            #expect(try contents(folder.path(name)) == bytes)
        }
        #expect(folder.files == ["empty", "many", "one"])
    }

    @Test func text() throws {
        try FileOutput.replace(folder.path("text"), withText: "ä\n")
        #expect(try contents(folder.path("text")) == [0xC3, 0xA4, 0x0A])
    }

    @Test func anExistingFileIsReplacedAndNothingElseIsLeft() throws {
        let path = try folder.write(Array(repeating: 1, count: 1000), to: "model")
        try replace(path, [2])
        #expect(try contents(path) == [2])
        #expect(folder.files == ["model"])
    }

    @Test func permissionsFollowTheUmask() throws {
        let plain = folder.path("plain")
        close(open(plain, O_WRONLY | O_CREAT, 0o666))
        try replace(folder.path("model"), [1])
        #expect(mode(folder.path("model")) == mode(plain))
    }

    @Test func theLongestNameWorks() throws {
        let path = folder.path(String(repeating: "n", count: 255))
        try replace(path, [1])
        #expect(try contents(path) == [1])
    }

    /// A combining character joins the slash before it to one character; the file system does not.
    @Test func aNameThatBeginsWithACombiningCharacter() throws {
        #expect(mkdir(folder.path("in"), 0o777) == 0)
        let path = folder.path("in") + "/\u{301}x"
        #expect(FileOutput.split(path).folder.utf8.elementsEqual(folder.path("in").utf8))
        #expect(FileOutput.split(path).name.utf8.elementsEqual("\u{301}x".utf8))
        try replace(path, [1])
        #expect(try contents(path) == [1])
        #expect(FileOutput.split("/x").folder == "/" && FileOutput.split("x").folder == ".")
        #expect(throws: FileError.self) { try FileOutput.check(folder.path("none") + "/\u{301}x") }
    }

    @Test func symbolicLinksSurvive() throws {
        let other = try TemporaryFolder()
        let target = try other.write([1], to: "target")
        #expect(symlink(target, folder.path("absolute")) == 0)
        #expect(symlink("absolute", folder.path("relative")) == 0)
        try replace(folder.path("relative"), [2])
        #expect(try contents(target) == [2])
        #expect(mode(folder.path("relative")) & S_IFMT == S_IFLNK)
        #expect(mode(folder.path("absolute")) & S_IFMT == S_IFLNK)
        #expect(folder.files == ["absolute", "relative"] && other.files == ["target"])
    }

    @Test func aLinkThatNamesNothingGetsItsFile() throws {
        #expect(symlink("later", folder.path("link")) == 0)
        try replace(folder.path("link"), [3])
        #expect(mode(folder.path("link")) & S_IFMT == S_IFLNK)
        #expect(try contents(folder.path("later")) == [3])
    }

    @Test func aDirectoryIsRefused() {
        #expect(throws: FileError.inputOutput(path: folder.path, reason: "is a directory")) {
            try replace(folder.path, [1])
        }
    }

    @Test func aMissingFolder() {
        let path = folder.path("no/model")
        #expect(throws: FileError.inputOutput(path: path, reason: "No such file or directory")) {
            try replace(path, [1])
        }
    }

    @Test func anUnwritableFolderKeepsItsFile() throws {
        let path = try folder.write([1], to: "model")
        #expect(chmod(folder.path, 0o555) == 0)
        defer { chmod(folder.path, 0o755) }
        #expect(throws: FileError.inputOutput(path: path, reason: "Permission denied")) {
            try withoutPrivileges { try replace(path, [2]) }
        }
        #expect(try contents(path) == [1])
        #expect(folder.files == ["model"])
    }

    @Test func aFullDeviceIsAnError() {
        #expect(throws: FileError.inputOutput(path: "/dev/full", reason: "No space left on device")) {
            try replace("/dev/full", [1])
        }
    }

    @Test(.timeLimit(.minutes(10))) func aPipeIsWritten() async throws {
        let path = folder.path("fifo")
        #expect(mkfifo(path, 0o600) == 0)
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        // A thread of its own: a writer that waits for its reader may hold the only one that tasks have.
        let (content, finish) = AsyncStream.makeStream(of: [UInt8].self)
        Thread.detachNewThread {
            let descriptor = open(path, O_RDONLY)
            defer { close(descriptor) }
            var chunk = [UInt8](repeating: 0, count: 5000)
            while case let count = Glibc.read(descriptor, &chunk, chunk.count), count > 0 {
                finish.yield(Array(chunk[..<count]))
            }
            finish.finish()
        }
        try replace(path, bytes)
        var read: [UInt8] = []
        for await chunk in content { read += chunk }
        #expect(read == bytes)
        #expect(mode(path) & S_IFMT == S_IFIFO)
    }

    /// Whoever reads meanwhile finds all of the old file or all of the new one.
    @Test func readersNeverSeeHalfAFile() async throws {
        let path = folder.path("model")
        let versions = [[UInt8](repeating: 1, count: 50_000), [UInt8](repeating: 2, count: 90_000)]
        try replace(path, versions[0])
        let writer = Task.detached {
            for round in 1...50 {
                try versions[round % 2].withUnsafeBytes { try FileOutput.replace(path, with: $0) }
            }
        }
        for _ in 0..<500 {
            let found = try FileInput.read(path, limit: 1 << 20).withUnsafeBytes(Array.init)
            #expect(versions.contains(found))
        }
        try await writer.value
    }

    @Test(arguments: [0o600, 0o640, 0o755] as [mode_t])
    func thePermissionsOfAReplacedFileAreKept(permissions: mode_t) throws {
        let path = try folder.write([1], to: "model")
        #expect(chmod(path, permissions) == 0)
        try replace(path, [2, 3])
        #expect(mode(path) & 0o777 == permissions)
        #expect(folder.files == ["model"])
    }

    /// A link whose target cannot be read as text would be replaced by a file if it were taken for one.
    @Test func aLinkToANameThatIsNotText() throws {
        let path = folder.path("link")
        #expect([CChar(bitPattern: 0xFF), 0].withUnsafeBufferPointer { symlink($0.baseAddress!, path) } == 0)
        #expect(throws: FileError.inputOutput(path: path, reason: "is a symbolic link to a name that is not UTF-8")) {
            try replace(path, [1])
        }
        #expect(mode(path) & S_IFMT == S_IFLNK)
        #expect(folder.files == ["link"])
    }

    @Test(.enabled(if: mayGiveFilesAway, "only the superuser of a whole system may give files away"))
    func aLinkThatAnotherUserPlanted() throws {
        let shared = folder.path("shared")
        #expect(mkdir(shared, 0o777) == 0 && chmod(shared, 0o1777) == 0)
        let target = try folder.write([7], to: "target")
        #expect(symlink(target, "\(shared)/link") == 0 && lchown("\(shared)/link", 12345, 12345) == 0)
        let reason = "is a symbolic link of another user in a folder that everyone may write"
        #expect(throws: FileError.inputOutput(path: "\(shared)/link", reason: reason)) {
            try replace("\(shared)/link", [1])
        }
        #expect(throws: FileError.inputOutput(path: "\(shared)/link", reason: reason)) {
            try FileOutput.check("\(shared)/link")
        }
        #expect(try FileInput.read(target, limit: 9).withUnsafeBytes(Array.init) == [7])
    }
}
