import Foundations
import Testing

@testable import ModelFormat

/// The rules of steps that add to channels which exist, and squeeze-excite's: the reactivated graph with one thing wrong.
@Suite struct AccumulationTests {
    private func expect(
        _ name: String, _ expected: String, _ found: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout Graph) -> Void
    ) {
        var graph = TinyModel.reactivated
        change(&graph)
        #expect(
            throws: ModelFormatError.step(name: name, expected: expected, found: found), sourceLocation: sourceLocation
        ) { try graph.validate() }
    }

    private func accumulation(
        gather: Int? = 4, outputs: Int = 6, groups: Int = 2, channels: Int = 4
    ) -> Accumulation {
        Accumulation(
            preActivation: PreActivation(gather: gather), outputChannels: outputs, groups: groups,
            accumulatedChannels: channels)
    }

    @Test func theUnchangedGraphPasses() throws {
        // 3×3 over 3 and 4 channels, squeeze-excite, reactivation, classifier.
        let work = 4 * 27 * 25 + 4 * 36 * 25 + 2 * 2 * 4 + 6 * 2 * 25 + 8 * 5
        #expect(try TinyModel.reactivated.validate() == work)
        let graph = TinyModel.reactivated
        let shapes = graph.shapes(of: graph.steps[3])
        #expect(shapes.input == PlaneShape(channels: 4, height: 5, width: 5))
        #expect(shapes.output == PlaneShape(channels: 4, height: 5, width: 5))
        #expect(
            graph.steps[3].tensors(inputShape: graph.values[1].shape).map { "\($0.name) \($0.shape) \($0.channels)" }
                == [
                    "sfr.index [4] 4..<8", "sfr.scale [4] 0..<0", "sfr.shift [4] 0..<0",
                    "sfr.weight [6, 2, 1, 1] 0..<0",
                    "sfr.destinations [6] 0..<4",
                ])
    }

    @Test(arguments: [8, 9])
    func destinationsAreWrittenBefore(channels: Int) {
        expect(
            "sfr",
            channels == 9
                ? "at most 8 accumulated channels, as many as \"block\" holds by then"
                : "inputs gathered behind the 8 channels of \"block\" that are added to",
            channels == 9 ? "9" : "8 visible"
        ) { $0.steps[3].operation = accumulation(channels: channels) }
    }

    @Test func channelsThatAreNotYetWritten() {
        expect("sfr", "at most 4 accumulated channels, as many as \"block\" holds by then", "5") {
            $0.steps[3].input = "new"
            $0.steps[3].inputChannels = 4
            $0.steps[3].operation = accumulation(channels: 5)
            $0.steps.swapAt(2, 3)
        }
    }

    @Test func inputsThatAreAddedTo() {
        expect("sfr", "inputs gathered behind the 4 channels of \"block\" that are added to", "4 visible") {
            $0.steps[3].inputChannels = 4
        }
        expect(
            "sfr", "inputs gathered behind the 4 channels of \"block\" that are added to",
            "8 visible, none of them gathered"
        ) { $0.steps[3].operation = accumulation(gather: nil) }
    }

    @Test func anotherValueIsReadAsItIs() throws {
        var graph = TinyModel.reactivated
        graph.steps[3].input = "new"
        graph.steps[3].inputChannels = 4
        graph.steps[3].operation = accumulation(gather: nil, channels: 8)
        try graph.validate()
    }

    @Test func theImageIsNotAddedTo() {
        expect("sfr", "a value that steps write", "\"image\", the graph's input") {
            $0.steps[3].output = "image"
            $0.steps[3].operation = accumulation(channels: 3)
        }
    }

    @Test(arguments: [1, 4, 8, -1, .max, .min])
    func offsets(offset: Int) {
        expect("sfr", "output offset 0", "\(offset)") { $0.steps[3].outputOffset = offset }
    }

    @Test func anotherSize() {
        expect("sfr", "an output of 5×5", "1×1") {
            $0.steps.swapAt(3, 4)
            $0.steps[4].output = "features"
        }
    }

    @Test(arguments: [0, -1, 65_537, .max, .min])
    func counts(count: Int) {
        expect("sfr", "accumulated channels from 1 to 65536", "\(count)") {
            $0.steps[3].operation = accumulation(channels: count)
        }
        expect("sfr", "output channels from 1 to 65536", "\(count)") {
            $0.steps[3].operation = accumulation(outputs: count)
        }
        expect("sfr", "groups from 1 to 65536", "\(count)") { $0.steps[3].operation = accumulation(groups: count) }
        expect("se", "hidden numbers from 1 to 65536", "\(count)") {
            $0.steps[2].operation = SqueezeExcite(hidden: count)
        }
    }

    @Test func groupsDivideBoth() {
        expect("sfr", "groups that divide 4 inputs and 6 outputs", "4") {
            $0.steps[3].operation = accumulation(groups: 4)
        }
    }

    @Test func everyMemberSurvivesTheFile() throws {
        let description = TinyModel.description(of: TinyModel.reactivated)
        let bytes = try ModelFile.bytes(description, tensors: TinyModel.tensors(of: TinyModel.reactivated))
        #expect(try ModelFile(bytes: bytes).description == description)
        // Version 1 knows neither operation.
        var forged = ForgedModel(TinyModel.reactivated)
        forged.metadata["version"] = "1"
        do {
            _ = try forged.load()
            Issue.record("version 1 has no such operation")
        } catch {
            #expect("\(error)".contains("expected a known operation"), "\(error)")
        }
    }

    @Test(arguments: [-1, 4, 7, 65_536, .max, .min] as [Int32], 0..<6)
    func aDestinationOutOfRange(destination: Int32, position: Int) {
        var forged = ForgedModel(TinyModel.reactivated)
        var values: [Int32] = [0, 3, 1, 2, 3, 0]
        values[position] = destination
        forged[tensor: "sfr.destinations"].data = values.withUnsafeBytes(Array.init)
        #expect(
            throws: ModelFormatError.tensor(
                name: "sfr.destinations", expected: "indices from 0 to 3", found: "\(destination) at \(position)")
        ) { try forged.load() }
    }

    @Test(arguments: [-1, 0, 3, 8, .max, .min] as [Int32])
    func anInputThatIsAddedTo(input: Int32) {
        var forged = ForgedModel(TinyModel.reactivated)
        forged[tensor: "sfr.index"].data = [4, input, 5, 7].withUnsafeBytes(Array.init)
        #expect(
            throws: ModelFormatError.tensor(
                name: "sfr.index", expected: "indices from 4 to 7", found: "\(input) at 1")
        ) { try forged.load() }
    }

    @Test func destinationsMayRepeatAndBeLeftOut() throws {
        var forged = ForgedModel(TinyModel.reactivated)
        forged[tensor: "sfr.destinations"].data = ([2, 2, 2, 2, 1, 1] as [Int32]).withUnsafeBytes(Array.init)
        #expect(try forged.load().indices("sfr.destinations").elementsEqual([2, 2, 2, 2, 1, 1]))
    }
}
