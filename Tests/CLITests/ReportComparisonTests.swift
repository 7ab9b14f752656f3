import Foundation
import TestSupport
import Testing

/// The page of several results.
struct ReportComparisonTests {
    private static let options = ["--runs", "3", "--warmup", "0", "--layers"]

    /// The page of `count` results: one file's, over and over, under other names.
    private func page(_ count: Int, alter: (inout [[String: Any]], Int) -> Void = { _, _ in }) throws -> String {
        let program = try BenchProgram()
        let result = try program.run(
            ["bench", BenchProgram.model, "--json", program.path("0.json")] + Self.options)
        try #require(result.code == 0, "\(result.diagnostics)")
        let records = try program.objects("0.json")
        for index in 0..<count {
            var records = records
            alter(&records, index)
            try JSONSerialization.data(withJSONObject: records).write(
                to: URL(fileURLWithPath: program.path("result-\(index).json")))
        }
        let files = (0..<count).map { program.path("result-\($0).json") }
        let report = try program.run(["report"] + files + ["-o", "-"])
        #expect(report.code == 0, "\(report.diagnostics)")
        return report.output
    }

    @Test(arguments: [1, 2, 4, 14]) func theTitleCompares(count: Int) throws {
        let page = try page(count)
        let titles = [
            1: "CondenseNet-38", 2: "CondenseNet-38: result-0 and result-1 compared",
            4: "CondenseNet-38: result-0, result-1, result-2 and result-3 compared",
            14: "CondenseNet-38: 14 of them compared",
        ]
        #expect(page.contains("<h1>\(titles[count]!)</h1>"))
        #expect(page.contains("<title>condensenet bench: \(titles[count]!)</title>"))
        // More than three series are drawn apart.
        #expect(page.components(separatedBy: "<figcaption>").count - 1 == (count > 3 ? 2 * count : 0))
        #expect(page.contains("Step by step: ") == (count == 2))
        for fact in ["<dt>date</dt>", "<dt>host</dt>", "<dt>command line</dt>"] { #expect(page.contains(fact)) }
        #expect(!page.contains("measured ghz before") && !page.contains(">0.000<"))
    }

    @Test func warningsNameTheirFile() throws {
        let page = try page(2) { records, index in
            var circumstances = records[0]["circumstances"] as! [String: Any]
            circumstances["warnings"] = index == 1 ? ["it was hot"] : []
            records[0]["circumstances"] = circumstances
        }
        #expect(page.contains("<p class=\"warning\">result-1: it was hot</p>"))
    }

    @Test func moreThanThePeakIsExplained() throws {
        #expect(
            !(try page(1) { records, _ in records[0]["peak_gflops"] = 1e6 }).contains("More than 100 % of the peak"))
        #expect(try page(1) { records, _ in records[0]["peak_gflops"] = 1e-3 }.contains("More than 100 % of the peak"))
    }

    @Test func eachNumberOfThreadsHasItsRoof() throws {
        let page = try page(2) { records, index in
            records[0]["threads"] = index + 1
            records[0]["peak_gflops"] = 100 * (index + 1)
            records[0]["cache_gb_per_second"] = 80
            records[0]["memory_gb_per_second"] = 20
        }
        #expect(page.contains("1 thread: 100.0 GFLOP/s") && page.contains("2 threads: 200.0 GFLOP/s"))
    }

    /// Shapes and kernels of each step.
    @Test func stepsSayWhatTheyAre() throws {
        let page = try page(1)
        #expect(page.contains("3×32×32 → ") && page.contains("<small>"))
    }

    /// Of many runs and many results the page stays small.
    @Test func manyRunsMakeNoLargePage() throws {
        let page = try page(40) { records, _ in
            records[0]["samples_ms"] = (0..<20_000).map { 1 + Double($0 % 97) / 97 }
            records[0]["start_seconds"] = (0..<20_000).map { Double($0) / 1000 }
        }
        #expect(page.utf8.count < 4 << 20, "\(page.utf8.count)")
        #expect(page.contains("16 more results are in the table only"))
    }
}
