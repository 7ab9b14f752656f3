import ModelFormat
import Testing

/// Class 7: gather indices, which drive reads.
@Suite struct GatherIndexAttacks {
    private func indices(_ values: [Int32]) -> [UInt8] { values.withUnsafeBytes(Array.init) }

    /// The first step that gathers sees 4 channels and takes 4 of them.
    @Test(arguments: [-1, 4, 5, 7, 65_536, .max, .min] as [Int32], 0..<4)
    func anIndexOutOfRange(index: Int32, position: Int) {
        expect(
            .tensor(
                name: "layer.conv_1.index", expected: "indices from 0 to 3", found: "\(index) at \(position)")
        ) {
            var values: [Int32] = [0, 3, 1, 2]
            values[position] = index
            $0[tensor: "layer.conv_1.index"].data = indices(values)
        }
    }

    /// The value has 8 channels in the end; by then the step sees 4.
    @Test func aChannelThatIsNotYetWritten() {
        expect(
            .tensor(name: "layer.conv_1.index", expected: "indices from 0 to 3", found: "4 at 0")
        ) { $0[tensor: "layer.conv_1.index"].data = indices([4, 5, 6, 7]) }
    }

    @Test func theFirstOfSeveralIsNamed() {
        expect(.tensor(name: "last.index", expected: "indices from 0 to 7", found: "8 at 2")) {
            $0[tensor: "last.index"].data = indices([0, 7, 8, -1, 9, 0])
        }
    }

    @Test func repeatedAndUnsortedIndicesAreSound() throws {
        var forged = ForgedModel()
        forged[tensor: "layer.conv_1.index"].data = indices([3, 0, 3, 3])
        #expect(try forged.load().indices("layer.conv_1.index").elementsEqual([3, 0, 3, 3]))
    }

    @Test(arguments: [3, 5, 0, -1])
    func aCountThatIsNotTheGraphs(count: Int) {
        switch count {
        case 3, 5:
            expect(.tensor(name: "last.index", expected: "shape [\(count)]", found: "[6]")) {
                $0[step: "last"]["preActivation"]["gather"] = .integer(count)
                $0[value: "features"]["shape"] = [.integer(count), 1, 1]
                $0[step: "classifier"]["inputChannels"] = .integer(count)
            }
        default:
            expect(.step(name: "last", expected: "gathered channels from 1 to 65536", found: "\(count)")) {
                $0[step: "last"]["preActivation"]["gather"] = .integer(count)
            }
        }
    }

    @Test func noIndicesForAStepThatGathers() {
        expect(.tensor(name: "maximum.index", expected: "no such tensor", found: "one that no step reads")) { forged in
            forged.tensors.append(
                .init(
                    name: "maximum.index", header: ["dtype": "I32", "shape": [1], "data_offsets": [0, 4]],
                    data: [0, 0, 0, 0]))
            let end = forged.tensors.dropLast().reduce(0) { $0 + $1.data.count }
            forged.tensors[12].header["data_offsets"] = [.integer(end), .integer(end + 4)]
        }
        expect(.tensor(name: "last.index", expected: "no such tensor", found: "one that no step reads")) {
            $0[step: "last"]["preActivation"].remove("gather")
            $0[step: "last"]["inputChannels"] = 6
        }
        expect(.member(path: "graph.steps[1].preActivation.gather", expected: "an integer", found: "4.0")) {
            $0[step: "layer.conv_1"]["preActivation"]["gather"] = 4.0
        }
    }
}
