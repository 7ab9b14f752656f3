import Foundations
import ModelFormat
import Testing

/// Class 5: tensors that overlap, leave holes, or lie where they must not.
@Suite struct OffsetAttacks {
    /// The second tensor, 4 indices, lies in 432 ..< 448.
    private func expectOffsets(
        _ start: Int, _ end: Int, _ expected: String, _ found: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expect(
            .tensor(name: "layer.conv_1.index", expected: expected, found: found), sourceLocation: sourceLocation
        ) { $0.tensors[1].header["data_offsets"] = [.integer(start), .integer(end)] }
    }

    private let start = "data from offset 432, where the tensor before ends"
    private let end = "data up to offset 448"

    @Test func overlapping() {
        expectOffsets(416, 432, start, "416")
        expectOffsets(0, 16, start, "0")
        expectOffsets(428, 448, start, "428")
    }

    @Test func holes() {
        expectOffsets(436, 452, start, "436")
        expectOffsets(496, 512, start, "496")
    }

    @Test func insideTheHeader() {
        expectOffsets(-16, 0, start, "-16")
        expectOffsets(-64, -48, start, "-64")
    }

    @Test func pastTheEnd() { expectOffsets(1 << 30, 1 << 30 + 16, start, "1073741824") }

    @Test func backwards() { expectOffsets(448, 432, start, "448") }

    @Test func tooShortAndTooLong() {
        expectOffsets(432, 432, end, "432")
        expectOffsets(432, 444, end, "444")
        expectOffsets(432, 449, end, "449")
    }

    @Test func outOfOrder() {
        expect(
            .tensor(
                name: "layer.conv_1.index", expected: "data from offset 0, where the tensor before ends", found: "432")
        ) { $0.tensors.swapAt(0, 1) }
    }

    @Test(arguments: [[0], [0, 432, 432], []] as [[Int]])
    func notTwoOffsets(offsets: [Int]) {
        expect(.member(path: "stem.weight.data_offsets", expected: "2 elements", found: "\(offsets.count)")) {
            $0.tensors[0].header["data_offsets"] = .array(offsets.map(JSONValue.integer))
        }
    }

    /// An odd number of halves before floats.
    @Test func aTensorThatIsNotAlignedToItsElements() {
        var forged = ForgedModel()
        let half = ForgedModel.Tensor(
            name: "half", header: ["dtype": "F16", "shape": [1], "data_offsets": [0, 2]], data: [0, 0])
        forged.tensors = [half, forged.tensors[0]]
        forged.tensors[1].header["data_offsets"] = [2, 434]
        let dataStart = forged.bytes.count - 434
        #expect(dataStart % 64 == 0)
        expect(
            .tensor(name: "stem.weight", expected: "a file offset that 4 divides", found: "\(dataStart + 2)"),
            loading: forged)
    }

    @Test(arguments: [1, 2, 4, 32])
    func dataThatDoNotStartOnABoundary(alignment: Int) {
        var forged = ForgedModel()
        forged.alignment = alignment
        forged.editHeader = { text in
            while (8 + text.count) % alignment != 0 || (8 + text.count) % 64 == 0 { text.append(UInt8(ascii: " ")) }
        }
        let dataStart = forged.bytes.count - forged.tensors.reduce(0) { $0 + $1.data.count }
        expect(
            .member(
                path: "header", expected: "spaces up to a multiple of 64 bytes",
                found: "data from offset \(dataStart)"), loading: forged)
    }
}
