import Foundation
@testable import ImageInput
import Foundations
import TestSupport
import Testing

/// Paths and first bytes: what a file is, before it is decoded.
@Suite struct ImageFileTests {
    @Test func missing() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("none.jpg")
        let error = FileError.noInput(path: path, reason: "No such file or directory")
        #expect(throws: error) { try RGBImage.decode(path: path) }
        #expect(error.category == .missingInput)
        #expect("\(error)" == "\(path): No such file or directory")
    }

    @Test func directoryFIFOAndDevice() throws {
        let folder = try TemporaryFolder()
        let fifo = folder.path("fifo.png")
        #expect(mkfifo(fifo, 0o600) == 0)
        for (path, found) in [(folder.path, "a directory"), (fifo, "a FIFO"), ("/dev/zero", "a device")] {
            let error = FileError.notAFile(path: path, found: found)
            #expect(throws: error) { try RGBImage.decode(path: path) }
            #expect(error.category == .badData)
            #expect("\(error)" == "\(path): expected a regular file, found \(found)")
        }
    }

    @Test func tooLong() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("long.png")
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: path))
        // A hole: no disk is used.
        try handle.truncate(atOffset: UInt64(256 << 20) + 1)
        try handle.close()
        let error = FileError.tooLarge(path: path, found: (256 << 20) + 1, limit: 256 << 20)
        #expect(throws: error) { try RGBImage.decode(path: path) }
        #expect("\(error)" == "\(path): bytes of the file: expected at most 268435456, found 268435457")
        #expect(error.category == .badData)
    }

    @Test func emptyFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("empty.jpg")
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let error = ImageError.notAnImage(name: path, found: "an empty file")
        #expect(throws: error) { try RGBImage.decode(path: path) }
        #expect("\(error)" == "\(path): expected a JPEG, PNG, WebP, PPM or PGM image, found an empty file")
    }

    @Test(arguments: [
        ("GIF89a", "a GIF image"), ("BM123", "a BMP image"), ("II*\0", "a TIFF image"), ("MM\0*", "a TIFF image"),
        ("RIFF1234AVI ", "a RIFF file"), ("\0\0\0\u{1C}ftypheic", "an HEIC image"),
        ("\0\0\0\u{1C}ftypmif1", "an HEIC image"), ("\0\0\0\u{1C}ftypavif", "an AVIF image"),
        ("\0\0\0\u{C}jP  \r\n", "a JPEG 2000 image"), ("\0\0\0\u{C}JXL \r\n", "a JPEG XL image"),
        ("MM\0+", "a TIFF image"), ("<!DOCTYPE html>", "an HTML page"),
        ("version https://git-lfs", "a Git LFS pointer"), ("P7\n", "a PAM image"), ("P", "other bytes"),
        ("hello", "other bytes"), ("\u{89}", "other bytes"),
    ])
    func otherFiles(start: String, found: String) {
        #expect(throws: ImageError.notAnImage(name: "x.jpg", found: found)) {
            try RGBImage.decode(bytes: Array(start.utf8), name: "x.jpg")
        }
    }

    @Test func messagesAreOneLine() {
        let size = ImageSize(width: 1, height: 2)
        let errors: [ImageError] = [
            .unsupported(name: "a", format: .jpeg, feature: "f"),
            .malformed(name: "a", format: .png, reason: "r", offset: 3),
            .tooLarge(name: "a", quantity: .height, found: 2, limit: 1),
            .tooLarge(name: "a", quantity: .pixels, found: 2, limit: 1),
            .wrongSize(name: "a", expected: size, found: size),
            .transform(parameter: "mean", expected: "e", found: "f"),
        ]
        #expect(
            errors.map(\.description) == [
                "a: unsupported JPEG feature: f", "a: malformed PNG image at byte 3: r",
                "a: expected at most 1 pixels of height, found 2", "a: expected at most 1 pixels, found 2",
                "a: the network takes 1×2 pixels, the image comes out at 1×2",
                "mean: expected e, found f",
            ])
    }
}
