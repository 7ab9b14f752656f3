import Foundation
import ModelFormat
import TestSupport
import Testing

/// `condensenet-convert architecture`, as its users run it.
struct ArchitectureCommandTests {
    private func shipped(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: Fixture.root.appendingPathComponent("models/\(name).json")))
    }

    @Test func writesTheCommittedFile() throws {
        let folder = try TemporaryFolder()
        let result = try Program.convert([
            "architecture", "--stages", "4-6-8-10-8", "--growth", "8-16-32-64-128", "--groups", "8", "--name",
            "CondenseNet-74 (G=C=8)", "-o", folder.path("net.json"),
        ])
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(
            result.output.hasPrefix("network      CondenseNet-74, a design without weights\n"), "\(result.output)")
        #expect(result.output.contains("2,935,416"))
        #expect(try folder.bytes("net.json") == shipped("condensenet-74-g8"))
    }

    @Test func writesANetworkToCompareWith() throws {
        let folder = try TemporaryFolder()
        let result = try Program.convert(["architecture", "--family", "resnet-18", "-o", folder.path("net.json")])
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(result.output.contains("11,689,512"))
        #expect(try folder.bytes("net.json") == shipped("resnet-18"))
    }

    @Test func writesASecondVersion() throws {
        let folder = try TemporaryFolder()
        let result = try Program.convert([
            "architecture", "--family", "condensenet-v2", "--stages", "1-1-4-6-8", "--growth", "8-8-16-32-64",
            "--groups",
            "8", "--hidden", "828", "--hard-swish-from", "3", "--squeeze-excite-from", "4", "-o",
            folder.path("net.json"),
        ])
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(result.output.contains("CondenseNetV2-A, a design without weights"), "\(result.output)")
        #expect(result.output.contains("squeeze-excite  from block 4; of the features, to 50"), "\(result.output)")
        let committed = Fixture.root.appendingPathComponent("models/condensenet-v2-a.json")
        let expected = Array(try Data(contentsOf: committed))
        #expect(try folder.bytes("net.json") == expected)
    }

    @Test func everyOption() throws {
        let folder = try TemporaryFolder()
        let result = try Program.convert([
            "architecture", "--stages", "2-2", "--growth", "8-8", "--family", "densenet-lgc", "--groups", "2",
            "--condensation", "4", "--groups-3x3", "8", "--bottleneck", "2", "--classes", "7", "--input-size", "48",
            "--classifier-keep", "0.25", "--dataset", "cifar100", "-o", folder.path("net.json"),
        ])
        #expect(result.code == 0, "\(result.diagnostics)")
        let description = try folder.bytes("net.json").withUnsafeBytes { try ArchitectureFile.parse($0) }
        #expect(description.name == "DenseNet-LGC-11")
        #expect(description.classes == 7 && description.inputShape.height == 48)
        #expect(description.graph.steps.last?.inputChannels == 8)
        #expect(description.graph.value(named: "transition_1")?.shape.channels == 16)
        #expect(description.preprocessing.mean == [0.5071, 0.4867, 0.4408])
    }

    @Test(arguments: [
        ["--stages", "2-2", "--growth", "8-8-8"], ["--stages", "2-2-2", "--growth", "8-8-8", "--groups", "3"],
        ["--stages", "2-2-2", "--growth", "8-8-8", "--groups", "0"], ["--stages", "2-x", "--growth", "8-8"],
        ["--stages", "2-2-2", "--growth", "8-8-8", "--family", "resnet"], ["--stages", "", "--growth", ""],
        ["--stages", "2-2-2-2", "--growth", "8-8-8-8"], ["--growth", "8-8-8"],
        ["--stages", "2-2-2", "--growth", "8-8-8", "--condensation", "5"],
        ["--stages", "2-2-2", "--growth", "8-8-8", "--hidden", "9"],
        ["--stages", "2-2-2", "--growth", "8-8-8", "--family", "condensenet-v2", "--classifier-keep", "1"],
        ["--stages", "2-2-2", "--growth", "8-8-8", "--family", "condensenet-v2", "--hidden", "0"],
        ["--stages", "1-1-1", "--growth", "1-1-1", "--family", "condensenet-v2", "--groups", "1"],
        ["--stages", "2-2-2", "--growth", "2-4-4", "--family", "condensenet-v2", "--groups-3x3", "2"],
        ["--family", "vgg-16", "--hidden", "4"], ["--family", "vgg-16", "--groups", "4"],
        ["--family", "vgg-16", "--input-size", "32"],
        ["--family", "resnet-18", "--stages", "2-2"], ["--family", "resnet-18", "--name", ""],
    ])
    func unfitDesigns(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let result = try Program.convert(["architecture"] + arguments + ["-o", folder.path("net.json")])
        #expect(result.code == 64)
        #expect(result.diagnostics.hasPrefix("error: ") && result.diagnostics.split(separator: "\n").count == 1)
        #expect(folder.files.isEmpty)
    }

    /// The line names the option that was given.
    @Test(arguments: [
        (
            ["--family", "densenet", "--condensation", "4", "--stages", "2-2-2", "--growth", "8-8-8"],
            "--condensation: densenet has no such number to choose"
        ),
        (
            ["--stages", "2-2-2", "--growth", "8-8-8", "--groups", "3"],
            "--groups: 3, the condensation factor too, does not divide the 16 inputs of "
                + "features.denseblock_1.denselayer_1.conv_1"
        ),
        (
            ["--stages", "2-2-2", "--growth", "8-8-8", "--condensation", "3"],
            "--condensation: 3 does not divide the 16 inputs of features.denseblock_1.denselayer_1.conv_1"
        ),
        (
            ["--stages", "1-1-1", "--growth", "6-6-6"],
            "--groups: 4 groups do not divide 24 inputs and 6 outputs of features.denseblock_1.denselayer_1.conv_2"
        ),
        (
            ["--stages", "1-1-1", "--growth", "6-6-6", "--groups-3x3", "4"],
            "--groups-3x3: 4 groups do not divide 24 inputs and 6 outputs of features.denseblock_1.denselayer_1.conv_2"
        ),
        (
            ["--family", "resnet-50"],
            "The value 'resnet-50' is invalid for '--family <family>'. Please provide one of condensenet, "
                + "condensenet-v2, densenet-lgc, "
                + "densenet, vgg-16, resnet-18, mobilenet-v1, densenet-121 (--help shows the usage)"
        ),
    ])
    func unfitOptionIsNamed(arguments: [String], message: String) throws {
        let folder = try TemporaryFolder()
        let result = try Program.convert(["architecture"] + arguments + ["-o", folder.path("net.json")])
        #expect(result.code == 64)
        #expect(result.diagnostics == "error: \(message)\n")
        #expect(folder.files.isEmpty)
    }
}
