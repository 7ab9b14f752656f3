import Foundation
import Foundations
import ModelFormat
import TestSupport
import Testing

/// Class 2: files that are something else.
@Suite struct IdentityAttacks {
    @Test(arguments: [
        ("PNG", "\u{89}PNG\r\n\u{1A}\n\0\0\0\rIHDR"), ("ELF", "\u{7F}ELF\u{2}\u{1}\u{1}\0\0\0\0\0"),
        ("gzip", "\u{1F}\u{8B}\u{8}\0\0\0\0\0\0\u{3}"), ("text", "Hello, world"),
        ("JSON", "{\"format\":\"condensenet\"}"),
        ("zeros", String(repeating: "\0", count: 1000)), ("newlines", String(repeating: "\n", count: 1000)),
    ])
    func anotherKindOfFile(kind: String, content: String) {
        expect(
            .notAModel(found: "a file of another kind"),
            loading: content.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
    }

    @Test(arguments: ["PK\u{3}\u{4}\u{14}\0\0\0\0\0\0\0", "\u{80}\u{2}\u{8A}\nlü\u{9C}F"])
    func whatTheConverterTakes(content: String) {
        expect(
            .notAModel(found: "what may be a PyTorch checkpoint, which condensenet-convert makes a model of"),
            loading: content.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
    }

    @Test func anEmptyFile() { expect(.notAModel(found: "an empty file"), loading: []) }

    @Test(arguments: [
        #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"__metadata__":{"format":"pt"},"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}"#,
        #"{"__metadata__":{"format":"condensenet","version":"1"}}"#, "{}",
        #"{"__metadata__":{"crc32":"00000000""#, #"{ "__metadata__":{"crc32":"00000000"}}"#,
        #"{"__metadata__":{"crc32":"000000000"}}"#, #"{"__metadata__":{"crc32":"0000000"}}"#,
    ])
    func aSafetensorsFileOfSomeoneElse(header: String) {
        let text = Array(header.utf8)
        let file = [UInt8(text.count), 0, 0, 0, 0, 0, 0, 0] + text + [0, 0, 0x80, 0x3F]
        let isOneQuoteShort = header.hasSuffix("00000000\"")
        if isOneQuoteShort {
            expect(
                .member(path: "header", expected: "spaces up to a multiple of 64 bytes", found: "data from offset 43"),
                loading: file)
        } else {
            expect(.notAModel(found: "a safetensors file that the converter did not write"), loading: file)
        }
    }

    @Test func anotherFormat() {
        expect(.notAModel(found: "format \"gguf\"")) { $0.metadata["format"] = "gguf" }
        expect(.notAModel(found: "format \"condensenet-architecture\"")) {
            $0.metadata["format"] = "condensenet-architecture"
        }
    }

    @Test(arguments: ["0", "3", "-1", "1.0", "01", "99999999999999999999"])
    func anotherVersion(version: String) {
        expect(.version(found: version, supported: "1 or 2")) { $0.metadata["version"] = .string(version) }
    }

    /// A later version may change all else, so its number is read first.
    @Test func aLaterVersionIsKnownWhateverElseItChanges() {
        expect(.version(found: "3", supported: "1 or 2")) {
            $0.metadata["version"] = "3"
            $0.metadata["graph"] = "not JSON"
            $0.metadata["sparsity"] = "new"
            $0.tensors[0].header = ["dtype": "Q4", "blocks": 7]
        }
    }

    @Test func aDirectoryOrFIFOInPlaceOfAModel() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FileError.notAFile(path: folder.path, found: "a directory")) {
            try ModelFile(path: folder.path)
        }
        let fifo = folder.path("fifo")
        #expect(mkfifo(fifo, 0o600) == 0)
        #expect(throws: FileError.notAFile(path: fifo, found: "a FIFO")) { try ModelFile(path: fifo) }
        let missing = folder.path("missing")
        #expect(throws: FileError.noInput(path: missing, reason: "No such file or directory")) {
            try ModelFile(path: missing)
        }
    }
}
