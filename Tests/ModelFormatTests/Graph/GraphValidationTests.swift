import Foundations
import Testing

@testable import ModelFormat

/// One test for each rule: the tiny graph with one thing wrong.
@Suite struct GraphValidationTests {
    private func expect(
        _ error: ModelFormatError, sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout Graph) -> Void
    ) {
        var graph = TinyModel.graph
        change(&graph)
        #expect(throws: error, sourceLocation: sourceLocation) { try graph.validate() }
    }

    // MARK: Values

    @Test func valueNamesAreIdentifiers() {
        expect(.value(name: "a b", expected: String.identifierRule, found: "\"a b\"")) { $0.values[1].name = "a b" }
    }

    @Test func valueNamesAreUnique() {
        expect(.value(name: "image", expected: "a name of its own", found: "a second value of this name")) {
            $0.values[1].name = "image"
        }
    }

    @Test(arguments: [
        PlaneShape(channels: 0, height: 8, width: 8), PlaneShape(channels: 65_537, height: 1, width: 1),
        PlaneShape(channels: 1, height: 0, width: 8), PlaneShape(channels: 1, height: 16_385, width: 1),
        PlaneShape(channels: 1, height: 8, width: -1), PlaneShape(channels: 1, height: 1, width: 16_385),
        PlaneShape(channels: .min, height: .max, width: .max),
    ])
    func shapesAreWithinLimits(shape: PlaneShape) {
        expect(
            .value(
                name: "block", expected: "1 to 65536 channels and sides of 1 to 16384", found: shape.description)
        ) { $0.values[1].shape = shape }
    }

    @Test func aValueFitsTheArena() {
        let bytes = 4 * 512 * 513 * 512
        expect(.limit(what: "bytes of value block", found: bytes, limit: 512 << 20)) {
            $0.values[1].shape = PlaneShape(channels: 512, height: 513, width: 512)
        }
    }

    @Test func thereAreAtMost4096Values() {
        expect(.limit(what: "values of the graph", found: 4097, limit: 4096)) { graph in
            graph.values = (0..<4097).map { Value("v\($0)", PlaneShape(channels: 3, height: 1, width: 1)) }
        }
    }

    @Test func theInputIsAValue() {
        expect(.value(name: "picture", expected: "the graph's input", found: "no such value")) { $0.input = "picture" }
    }

    @Test func theInputHasThreeChannels() {
        expect(.value(name: "image", expected: "3 input channels", found: "4")) { $0.values[0].shape.channels = 4 }
    }

    @Test func theOutputIsAValue() {
        expect(.value(name: "answer", expected: "an output of shape classes×1×1", found: "no such value")) {
            $0.output = "answer"
        }
    }

    @Test func theOutputIsAVector() {
        expect(.value(name: "sum", expected: "an output of shape classes×1×1", found: "8×4×4")) { $0.output = "sum" }
    }

    @Test func theOutputIsNotTheInput() {
        expect(.value(name: "image", expected: "an output of shape classes×1×1", found: "3×8×8")) {
            $0.output = "image"
        }
    }

    @Test func everyChannelIsWritten() {
        expect(.value(name: "block", expected: "9 channels written by the steps", found: "8")) {
            $0.values[1].shape.channels = 9
        }
    }

    @Test func anEmptyGraphIsRefused() {
        #expect(throws: ModelFormatError.value(name: "a", expected: "the graph's input", found: "no such value")) {
            try Graph(values: [], steps: [], input: "a", output: "b").validate()
        }
    }

    // MARK: Steps

    @Test func stepNamesAreIdentifiers() {
        expect(.step(name: "", expected: String.identifierRule, found: "\"\"")) { $0.steps[0].name = "" }
    }

    @Test func stepNamesAreUnique() {
        expect(.step(name: "stem", expected: "a name of its own", found: "a second step of this name")) {
            $0.steps[1].name = "stem"
        }
    }

    @Test func thereAreAtMost4096Steps() {
        expect(.limit(what: "steps of the graph", found: 4097, limit: 4096)) { graph in
            graph.steps = Array(repeating: graph.steps[0], count: 4097)
        }
    }

    @Test func aStepReadsADeclaredValue() {
        expect(.step(name: "stem", expected: "a declared value", found: "\"nothing\"")) {
            $0.steps[0].input = "nothing"
        }
    }

    @Test func aStepReadsWhatIsWrittenByThen() {
        expect(
            .step(name: "stem", expected: "1 to 0 input channels, as many as \"pooled\" holds by then", found: "3")
        ) { $0.steps[0].input = "pooled" }
        expect(
            .step(
                name: "layer.conv_1", expected: "1 to 4 input channels, as many as \"block\" holds by then", found: "5")
        ) { $0.steps[1].inputChannels = 5 }
    }

    @Test(arguments: [0, -1, 4, .max, .min])
    func inputChannelsAreThere(count: Int) {
        expect(
            .step(
                name: "stem", expected: "1 to 3 input channels, as many as \"image\" holds by then", found: "\(count)")
        ) { $0.steps[0].inputChannels = count }
    }

    @Test func aStepWritesADeclaredValue() {
        expect(.step(name: "stem", expected: "a declared value to write", found: "\"nothing\"")) {
            $0.steps[0].output = "nothing"
        }
    }

    @Test func theOutputsSizeFollowsFromTheStep() {
        expect(.step(name: "average", expected: "an output of 4×4", found: "5×4")) { $0.values[3].shape.height = 5 }
    }

    @Test(arguments: [3, 5, -1, .max, .min])
    func channelsAreWrittenInOrder(offset: Int) {
        expect(
            .step(
                name: "layer.conv_2", expected: "output offset 4, the first channel of \"block\" yet unwritten",
                found: "\(offset)")
        ) { $0.steps[2].outputOffset = offset }
    }

    @Test func aStepWritesNoMoreThanTheValueHolds() {
        expect(.step(name: "layer.conv_2", expected: "at most 3 output channels", found: "4")) {
            $0.values[1].shape.channels = 7
        }
    }

    @Test func theInputIsNotWritten() {
        expect(
            .step(
                name: "stem", expected: "output offset 3, the first channel of \"image\" yet unwritten", found: "0")
        ) { $0.steps[0].output = "image" }
    }

    @Test(arguments: [-1, (1 << 37) + 1, .max, .min])
    func sourceCostsAreWithinLimits(count: Int) {
        expect(.step(name: "stem", expected: "parameters from 0 to 137438953472", found: "\(count)")) {
            $0.steps[0].source.parameters = count
        }
        expect(.step(name: "stem", expected: "paper FLOPs from 0 to 137438953472", found: "\(count)")) {
            $0.steps[0].source.paperFLOPs = count
        }
    }
}
