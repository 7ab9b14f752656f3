import ModelFormat
import TestSupport
import Testing

/// Class 1: files that end too early or too late.
@Suite struct TruncationAttacks {
    private let bytes = ForgedModel().bytes
    private var dataStart: Int { 8 + Int(bytes[0]) + Int(bytes[1]) << 8 }

    @Test func everyPrefixIsRefusedForItsLength() {
        for count in bytes.indices.sampledUnderEmulation() {
            let expected: ModelFormatError =
                switch count {
                case 0: .notAModel(found: "an empty file")
                case ..<10: .notAModel(found: "a file of another kind")
                case ..<dataStart: .length(expected: dataStart, found: count)
                default: .length(expected: bytes.count, found: count)
                }
            expect(expected, loading: Array(bytes.prefix(count)))
        }
    }

    /// Someone cut the file at a tensor's edge and made the checksum right again.
    @Test func everySectionEdgeIsRefusedThoughSealed() {
        let forged = ForgedModel()
        for kept in forged.tensors.indices {
            let data = forged.tensors[..<kept].reduce(0) { $0 + $1.data.count }
            expect(
                .length(expected: bytes.count, found: dataStart + data),
                loading: ForgedModel.sealed(Array(bytes.prefix(dataStart + data))))
        }
    }

    @Test(arguments: [1, 8, 64, 100_000])
    func trailingBytesAreRefused(count: Int) {
        expect(.length(expected: bytes.count, found: bytes.count + count)) {
            $0.trailing = [UInt8](repeating: 0, count: count)
        }
    }

    @Test func dataThatNoTensorDescribesIsRefused() {
        var forged = ForgedModel()
        let last = forged.tensors.removeLast()
        forged.trailing = last.data
        let total = forged.bytes.count
        expect(.length(expected: total - last.data.count, found: total), loading: forged)
    }

    @Test func aHeaderThatEndsInsideItsJSON() {
        var forged = ForgedModel()
        forged.editHeader = { $0.removeLast() }
        let cut = forged.bytes
        let end = 8 + Int(cut[0]) + Int(cut[1]) << 8
        expect(.syntax(source: "header", offset: end, reason: "expected '}', found the end"), loading: cut)
    }
}
