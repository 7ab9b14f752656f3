import Foundation
import TestSupport
import Testing

/// What the program shows in a terminal, of which no line is wider.
struct TerminalWidthTests {
    private static let once = ["--runs", "2", "--warmup", "0", "--seconds", "0"]

    private func expectFit(
        _ arguments: [String], _ columns: Int, contains words: [String], diagnostics: Bool = false
    ) throws {
        let lines = try Program.lines(of: "condensenet", arguments, columns: columns, diagnostics: diagnostics)
        for line in lines { #expect(line.count <= columns, "\(line)") }
        for word in words { #expect(lines.contains { $0.contains(word) }, "\(word) at \(columns): \(lines)") }
    }

    @Test(arguments: [60, 80, 120, 200]) func bench(columns: Int) throws {
        let models = [BenchProgram.model, BenchProgram.architecture]
        try expectFit(
            ["bench"] + models + Self.once + ["--layers", "--threads", "1,2"], columns,
            contains: ["model", "threads", "p50 ms", "p50 ratio", "Winograd"])
    }

    @Test(arguments: [60, 80, 120, 200]) func inspect(columns: Int) throws {
        try expectFit(["inspect", Shipped.model], columns, contains: ["layer", "MACs", "preprocessing"])
        try expectFit(["inspect", Shipped.model, "--plan"], columns, contains: ["step", "kernel"])
        try expectFit(["inspect", Shipped.model, "--short"], columns, contains: ["CondenseNet-38"])
    }

    @Test(arguments: [60, 80, 120, 200]) func evaluate(columns: Int) throws {
        let folder = try TemporaryFolder()
        for (label, sample) in [("ankle boot", "ankle-boot"), ("bag", "bag"), ("trouser", "bag")] {
            for index in 0..<40 { try folder.write(try Shipped.sampleBytes(sample), to: "\(label)/\(index).png") }
        }
        try expectFit(
            ["evaluate", Shipped.model, folder.path], columns, contains: ["evaluate", "top-1", "taken for"],
            diagnostics: true)
    }

    @Test(arguments: [60, 80, 120, 200]) func verify(columns: Int) throws {
        try expectFit(["verify", Shipped.model], columns, contains: ["pass"])
    }

    /// Into a file or a pipe nothing is left out.
    @Test func everythingWhereThereIsNoTerminal() throws {
        let result = try condensenet(["bench", BenchProgram.model] + Self.once)
        let titles = [
            "model", "threads", "runs", "min", "mean", "p50 ms", "p90", "p99", "stddev", "outliers", "memory",
        ]
        for title in titles { #expect(result.output.split(separator: "\n")[0].contains(title)) }
        #expect(!result.output.contains("too narrow"))
    }
}
