import Foundation
import TestSupport
import Testing

/// What the program shows in a terminal, of which no line is wider.
struct TerminalWidthTests {
    private static let once = ["--runs", "2", "--warmup", "0", "--seconds", "0"]

    /// Runs the program in a pseudo-terminal of `columns`, by the system's `script`.
    ///
    /// - Parameter diagnostics: whether standard error leads there too; a line that names a file is as long as the name.
    private func lines(_ arguments: [String], _ columns: Int, diagnostics: Bool = false) throws -> [String] {
        let program = ([try Program.url("condensenet").path] + arguments).map { "'\($0)'" }.joined(separator: " ")
        let result = try Program.run(
            at: "/usr/bin/script",
            ["-qec", "stty cols \(columns) rows 50; exec \(program)\(diagnostics ? "" : " 2>/dev/null")", "/dev/null"])
        #expect(result.code == 0, "\(result.output)")
        // A progress bar is drawn over itself: each drawing is a line of its own.
        let text = result.output.replacing("\u{1B}[K", with: "").replacing("\r\n", with: "\n").replacing(
            "\r", with: "\n")
        return text.split(separator: "\n").map(String.init)
    }

    private func expectFit(
        _ arguments: [String], _ columns: Int, contains words: [String], diagnostics: Bool = false
    ) throws {
        let lines = try lines(arguments, columns, diagnostics: diagnostics)
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
