import Foundation
import TestSupport
import Testing

@testable import Foundations

@Suite struct FileInputTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func expect(
        _ error: FileError, reading path: String, limit: Int = 1 << 20,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(throws: error, sourceLocation: sourceLocation) { try FileInput.read(path, limit: limit) }
    }

    @Test func wholeFilesAreRead() throws {
        for count in [0, 1, 63, 64, 65, 1_000_003] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let storage = try FileInput.read(try folder.write(bytes, to: "\(count)"), limit: 1 << 20)
            #expect(storage.withUnsafeBytes(Array.init) == bytes)
        }
    }

    @Test func aMissingFile() {
        let path = folder.path("nothing")
        expect(.noInput(path: path, reason: "No such file or directory"), reading: path)
        expect(.noInput(path: "", reason: "No such file or directory"), reading: "")
        expect(.noInput(path: "\(path)/x", reason: "No such file or directory"), reading: "\(path)/x")
    }

    @Test func aFileBelowAFile() throws {
        let path = try folder.write([1], to: "file") + "/x"
        expect(.noInput(path: path, reason: "Not a directory"), reading: path)
    }

    @Test func anUnreadableFile() throws {
        let path = try folder.write([1], to: "secret")
        #expect(chmod(path, 0) == 0)
        #expect(throws: FileError.noInput(path: path, reason: "Permission denied")) {
            try withoutPrivileges { try FileInput.read(path, limit: 10) }
        }
    }

    @Test func aDirectory() { expect(.notAFile(path: folder.path, found: "a directory"), reading: folder.path) }

    @Test(.timeLimit(.minutes(10))) func aFIFOThatNobodyWritesDoesNotHang() {
        let path = folder.path("fifo")
        #expect(mkfifo(path, 0o600) == 0)
        expect(.notAFile(path: path, found: "a FIFO"), reading: path)
    }

    @Test(arguments: ["/dev/null", "/dev/zero"])
    func aDevice(path: String) { expect(.notAFile(path: path, found: "a device"), reading: path) }

    @Test func symbolicLinksAreFollowed() throws {
        let target = try folder.write([1, 2, 3], to: "target")
        #expect(symlink(target, folder.path("link")) == 0)
        #expect(try FileInput.read(folder.path("link"), limit: 3).withUnsafeBytes(Array.init) == [1, 2, 3])
        #expect(symlink("circle", folder.path("circle")) == 0)
        expect(
            .noInput(path: folder.path("circle"), reason: "Too many levels of symbolic links"),
            reading: folder.path("circle"))
    }

    /// A sparse file takes no room on the disk, and its length none in memory.
    @Test func aFileBeyondTheLimitIsRefusedUnread() throws {
        let path = try folder.write([], to: "huge")
        #expect(truncate(path, 1 << 40) == 0)
        expect(.tooLarge(path: path, found: 1 << 40, limit: 1 << 30), reading: path, limit: 1 << 30)
        let exact = try folder.write([1, 2], to: "exact")
        #expect(try FileInput.read(exact, limit: 2).bytes.count == 2)
        expect(.tooLarge(path: exact, found: 2, limit: 1), reading: exact, limit: 1)
    }
}
