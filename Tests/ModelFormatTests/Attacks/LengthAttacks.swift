import Foundations
import Glibc
import ModelFormat
import TestSupport
import Testing

/// Class 3: lengths and counts that lie. Nothing is allocated for any of them.
@Suite struct LengthAttacks {
    @Test(arguments: [.max, 1 << 63, 1 << 63 - 1, 1 << 62, 1 << 32, (1 << 20) + 1] as [UInt64])
    func aHeaderBeyondTheLimit(length: UInt64) {
        expect(.limit(what: "bytes of the header", found: Int(clamping: length), limit: 1 << 20)) {
            $0.declaredHeaderLength = length
        }
    }

    @Test func aHeaderLargerThanTheFile() {
        let count = ForgedModel().bytes.count
        for length in [count - 7, count, 1 << 20] {
            expect(.length(expected: 8 + length, found: count)) { $0.declaredHeaderLength = UInt64(length) }
        }
    }

    /// With no room for the checksum's place there is nothing that the converter wrote.
    @Test(arguments: [0, 1, 2, 34])
    func aHeaderTooShortForAnything(length: UInt64) {
        expect(.notAModel(found: "a safetensors file that the converter did not write")) {
            $0.declaredHeaderLength = length
        }
    }

    @Test func aHeaderThatEndsEarly() {
        expect(.member(path: "header", expected: "spaces up to a multiple of 64 bytes", found: "data from offset 43")) {
            $0.declaredHeaderLength = 35
        }
        expect(.syntax(source: "header", offset: 64, reason: "the text ends inside a string")) {
            $0.declaredHeaderLength = 56
        }
    }

    @Test(arguments: [(-1, "-1"), (.max, "9223372036854775807"), (.min, "-9223372036854775808")])
    func offsetsThatLie(offset: Int, text: String) {
        expect(.tensor(name: "stem.weight", expected: "data up to offset 432", found: text)) {
            $0.tensors[0].header["data_offsets"] = [0, .integer(offset)]
        }
        expect(
            .tensor(name: "stem.weight", expected: "data from offset 0, where the tensor before ends", found: text)
        ) { $0.tensors[0].header["data_offsets"] = [.integer(offset), 432] }
    }

    @Test func offsetsBeyond64Bits() {
        expect(
            .member(path: "stem.weight.data_offsets[1]", expected: "an integer", found: "1.8446744073709552e+19")
        ) { $0.tensors[0].header["data_offsets"] = [0, .number(0x1p64)] }
    }

    @Test func aTensorLargerThanTheFile() {
        let bytes = ForgedModel().bytes.count
        var forged = ForgedModel()
        forged.tensors = [forged.tensors[0]]
        forged.tensors[0].header["shape"] = [268_435_456]
        forged.tensors[0].header["data_offsets"] = [0, 1_073_741_824]
        let data = forged.tensors[0].data.count
        let total = forged.bytes.count
        #expect(total < bytes)
        expect(.length(expected: total - data + 1 << 30, found: total), loading: forged)
    }

    @Test func tensorsLargerThanTheFileTogether() {
        var forged = ForgedModel()
        forged.tensors = (0..<4096).map {
            ForgedModel.Tensor(
                name: "t\($0)",
                header: [
                    "dtype": "F32", "shape": [268_435_456],
                    "data_offsets": [.integer($0 << 30), .integer(($0 + 1) << 30)],
                ], data: [])
        }
        let total = forged.bytes.count
        expect(.length(expected: total + 4096 << 30, found: total), loading: forged)
    }

    @Test func tooManyTensors() {
        expect(.limit(what: "tensors of the file", found: 4097, limit: 4096)) { forged in
            forged.tensors = (0..<4097).map { .init(name: "t\($0)", header: [:], data: []) }
        }
    }

    @Test func aFileBeyondTheLimit() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(ForgedModel().bytes, to: "model")
        #expect(truncate(path, (1 << 30) + 1) == 0)
        #expect(throws: FileError.tooLarge(path: path, found: (1 << 30) + 1, limit: 1 << 30)) {
            try ModelFile(path: path)
        }
    }
}
