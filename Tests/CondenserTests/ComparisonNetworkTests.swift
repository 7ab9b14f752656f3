import Foundation
import ModelFormat
import TestSupport
import Testing

@testable import Condenser

/// The networks that CondenseNets are compared with.
struct ComparisonNetworkTests {
    /// Preset, name, parameters, multiply-accumulates, FLOPs, layers. The first two numbers are as PyTorch's modules give them;
    /// FLOPs add one for each ReLU input, each bias of a linear layer and each element of global average pooling.
    private static let expectations = TableRow.rows(
        """
        vgg-16       VGG-16        138_357_544  15_470_264_320  15_483_829_224  21
        resnet-18    ResNet-18      11_689_512   1_814_073_344   1_816_407_528  31
        mobilenet-v1 MobileNet-v1    4_231_976     568_740_352     573_834_216  29
        """)

    private func preset(_ row: TableRow) throws -> ComparisonPreset {
        try #require(ComparisonPreset(rawValue: row[text: 0]))
    }

    @Test(arguments: expectations) func counts(expected: TableRow) throws {
        let network = try SourceNetwork(try preset(expected))
        let graph = try Graph(network)
        #expect(network.name == expected[text: 1])
        #expect(graph.steps.count == expected[5])
        #expect(graph.parameters == expected[2])
        #expect(try graph.validate() == expected[3])
        #expect(graph.paperFLOPs == expected[4])
    }

    @Test(arguments: expectations) func architectureFilesAreUpToDate(expected: TableRow) throws {
        let preset = try preset(expected)
        let name = preset == .mobileNetV1 ? "MobileNet-v1 (1.0-224)" : expected[text: 1]
        let description = try ModelDescription.architecture(SourceNetwork(preset), name: name)
        let url = Fixture.root.appendingPathComponent("models/\(preset.rawValue).json")
        let committed = try String(contentsOf: url, encoding: .utf8)
        #expect(
            ArchitectureFile.text(description) == committed,
            """
            to write it anew: condensenet-convert architecture --family \(preset.rawValue) --name '\(name)' \
            -o models/\(preset.rawValue).json
            """)
    }

    @Test func otherSizesAndClasses() throws {
        let small = try Graph(SourceNetwork(.resNet18, inputSize: 65, classes: 7))
        #expect(small.value(named: "layer4.1")?.shape == PlaneShape(channels: 512, height: 3, width: 3))
        #expect(small.value(named: small.output)?.shape.channels == 7)
        let tiny = try Graph(SourceNetwork(.mobileNetV1, inputSize: 1))
        #expect(tiny.value(named: "avgpool")?.shape.channels == 1024)
        #expect(throws: ConversionError.self) { try SourceNetwork(.vgg16, inputSize: 225) }
        #expect(throws: ConversionError.self) { try SourceNetwork(.resNet18, inputSize: 0) }
        #expect(throws: ConversionError.self) { try SourceNetwork(.resNet18, classes: 0) }
        #expect(throws: ConversionError.self) { try SourceNetwork(.mobileNetV1, inputSize: 20_000) }
    }

    @Test(arguments: [2, 3, 4]) func largestVGGsAreWithinTheLimits(depth: Int) throws {
        let wide = Array(repeating: 512, count: depth)
        let vgg = SourceNetwork.vgg(
            inputSize: 224, blocks: [[64, 64], [128, 128], Array(wide.map { $0 / 2 }), wide, wide],
            hidden: [4096, 4096], classes: 1000)
        try vgg.checkLimits()
    }

    /// Far more work, or memory, than any network that is used; a file of few bytes may ask for it.
    @Test func evaluationIsLimited() throws {
        for (stem, middle, blocks, size, what) in [
            (72, 1000, 6, 224, "multiply-accumulates at 224×224"), (32, 4, 1, 1800, "bytes to evaluate conv1"),
        ] {
            let network = SourceNetwork.resNet(
                inputSize: size, stem: stem, stages: [Array(repeating: (middle, stem), count: blocks)], classes: 10)
            let found = try problems { try network.checkLimits() }
            #expect(found.count == 1 && found[0].hasPrefix(what), "\(found)")
        }
    }

    @Test func poolingThatLeavesNothing() {
        let deep = SourceNetwork.vgg(
            inputSize: 4, blocks: [[8], [8], [8]], hidden: [8, 8], classes: 2)
        #expect(throws: ConversionError.self) { try Graph(deep) }
    }
}
