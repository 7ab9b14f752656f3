import Foundation
import TestSupport
import Testing

/// `condensenet bench --paper-table`, and the paper's other networks.
struct PaperTableTests {
    /// Runs without a decision left to the clock.
    private static let once = ["--runs", "1", "--warmup", "0", "--seconds", "0"]

    @Test(.enabled(if: !Emulation.isOn, "VGG-16 takes an emulator ten minutes"))
    func printsThePapersNumbersBesideOurs() throws {
        let program = try BenchProgram()
        let models = Fixture.root.appendingPathComponent("models").path
        let result = try program.run(
            ["bench", "--paper-table", models, "--json", program.path("j")] + Self.once)
        #expect(result.code == 0, "\(result.diagnostics)")
        let lines = result.output.split(separator: "\n").map(String.init)
        let start = try #require(lines.firstIndex { $0.hasPrefix("network ") })
        #expect(
            lines[start].split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
                == "network FLOPs top-1 error paper s ours ms paper / MobileNet ours / MobileNet")
        let rows = lines[(start + 2)...(start + 7)]
        // Name, FLOPs, error, seconds, and seconds over MobileNet's, as the paper has them.
        let expected = [
            ("VGG-16", "15,300 M", "28.5 %", "354", "180.61"), ("ResNet-18", "1,818 M", "30.2 %", "8.14", "4.15"),
            ("1.0 MobileNet-224", "569 M", "29.4 %", "1.96", "1.00"),
            ("DenseNet-121", "2,834 M", "25.0 %", "–", "–"),
            ("CondenseNet-74 (G=C=4)", "529 M", "26.2 %", "1.89", "0.96"),
            ("CondenseNet-74 (G=C=8)", "274 M", "29.0 %", "0.99", "0.51"),
        ]
        #expect(Set(rows.map(\.count)).count == 1, "columns are aligned")
        let records = try program.objects("j")
        #expect(records.count == 6)
        let times = try records.map { try #require(($0["samples_ms"] as? [Double])?.first) }
        for (position, (row, (name, flops, error, seconds, ratio))) in zip(rows, expected).enumerated() {
            let ours = String(format: "%.2f", times[position])
            let oursOverMobileNet = String(format: "%.2f", times[position] / times[2])
            #expect(
                row.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
                    == "\(name) \(flops) \(error) \(seconds) \(ours) \(ratio) \(oursOverMobileNet)")
        }
    }

    @Test func findsNothing() throws {
        let program = try BenchProgram()
        let empty = try program.run(["bench", "--paper-table", "/nowhere"] + Self.once)
        #expect(empty.code == 66)
        #expect(empty.diagnostics.contains("/nowhere") && empty.diagnostics.split(separator: "\n").count == 1)
        #expect(empty.output == "")
        let vgg = Fixture.root.appendingPathComponent("models/vgg-16.json").path
        try FileManager.default.copyItem(atPath: vgg, toPath: program.path("vgg-16.json"))
        let folder = (program.path("x") as NSString).deletingLastPathComponent
        let partial = try program.run(["bench", "--paper-table", folder] + Self.once)
        #expect(partial.code == 66)
        #expect(partial.diagnostics.contains("resnet-18.json"))
    }

    @Test func takesOneFolder() throws {
        let program = try BenchProgram()
        #expect(try program.run(["bench", "--paper-table", "a", "b"] + Self.once).code == 64)
        #expect(try program.run(["bench"]).code == 64)
    }

    @Test func allNetworksForCIFARAtOnce() throws {
        let program = try BenchProgram()
        let layers = [50, 74, 86, 98, 110, 122, 182]
        let files = layers.map { Fixture.root.appendingPathComponent("models/cifar-condensenet-\($0).json").path }
        let result = try program.run(["bench"] + files + ["--json", program.path("j")] + Self.once)
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(
            try program.objects("j").map { $0["model"] as? String } == layers.map { "CondenseNet-\($0) (CIFAR-10)" })
    }
}
