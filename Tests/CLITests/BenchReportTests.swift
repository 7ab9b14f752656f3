import Foundation
import Testing

// The XML parser needs libxml2, which a sysroot for another machine may lack.
#if canImport(FoundationXML) && !arch(arm64)
    import FoundationXML
#endif

/// The page of `bench --report` and of `report`.
struct BenchReportTests {
    /// Expects a page that any XML parser reads and that needs nothing from elsewhere.
    private func check(_ page: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #if !arch(arm64)
            let parser = XMLParser(data: Data(page.utf8))
            #expect(
                parser.parse(), "line \(parser.lineNumber): \(parser.parserError as Any)",
                sourceLocation: sourceLocation)
        #endif
        for forbidden in ["http", "src=", "href=", "url(", "@import", "<script", "<link", "nan", "inf\""] {
            #expect(!page.contains(forbidden), "\(forbidden)", sourceLocation: sourceLocation)
        }
        #expect(page.contains("prefers-color-scheme:dark"), sourceLocation: sourceLocation)
        #expect(page.contains("width=device-width"), sourceLocation: sourceLocation)
    }

    private func occurrences(_ text: String, _ part: String) -> Int { text.components(separatedBy: part).count - 1 }

    @Test func benchWritesAPage() throws {
        let program = try BenchProgram()
        let result = try program.run([
            "bench", BenchProgram.model, BenchProgram.architecture, "--runs", "8", "--warmup", "0", "--layers",
            "--report",
            program.path("r.html"),
        ])
        #expect(result.code == 0, "\(result.diagnostics)")
        let page = try program.text("r.html")
        check(page)
        // Histogram, time series, roofline.
        #expect(occurrences(page, "<svg") == 3)
        for title in ["Results", "Latency distribution", "Latency over time", "Roofline", "Circumstances"] {
            #expect(page.contains("<h2>\(title)</h2>"), "\(title)")
        }
        #expect(occurrences(page, "<h2>Where the time goes") == 2)
        #expect(page.contains("features.denseblock_1.denselayer_1.conv_1"))
    }

    @Test(arguments: ["1", "2"])
    func pagesOfVeryFewRuns(_ runs: String) throws {
        let program = try BenchProgram()
        let result = try program.run([
            "bench", BenchProgram.model, "--runs", runs, "--warmup", "0", "--seconds", "0", "--report",
            program.path("r.html"),
        ])
        #expect(result.code == 0, "\(result.diagnostics)")
        check(try program.text("r.html"))
    }

    @Test func reportComparesFiles() throws {
        let program = try BenchProgram()
        for name in ["before.json", "after.json"] {
            let result = try program.run([
                "bench", BenchProgram.model, "--runs", "5", "--warmup", "0", "--seconds", "0", "--json",
                program.path(name),
            ])
            #expect(result.code == 0, "\(result.diagnostics)")
        }
        let result = try program.run([
            "report", program.path("before.json"), program.path("after.json"), "-o", program.path("r.html"),
        ])
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(result.output == "" && result.diagnostics == "")
        let page = try program.text("r.html")
        check(page)
        #expect(page.contains("before: CondenseNet-38") && page.contains("after: CondenseNet-38"))
        #expect(occurrences(page, "<tr><th scope=\"row\">") == 2)
    }

    @Test func namesFromFilesAreText() throws {
        let program = try BenchProgram()
        let name = #"<script>alert(1)</script> & \"quotes\" ' \u0001"#
        let json = """
            [{"model": "\(name)", "threads": 1, "macs": 1000, "samples_ms": [1, 1, 1],
              "layers": [{"name": "<b>", "kind": "&amp;", "macs": 1, "bytes": 1, "milliseconds": 0.5}],
              "circumstances": {"<i>": "</dd>", "warnings": ["<u>"]}}]
            """
        try json.write(toFile: program.path("x.json"), atomically: true, encoding: .utf8)
        let result = try program.run(["report", program.path("x.json"), "-o", program.path("r.html")])
        #expect(result.code == 0, "\(result.diagnostics)")
        let page = try program.text("r.html")
        check(page)
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot; &#39;"))
        #expect(!page.contains("<b>") && !page.contains("<i>") && !page.contains("<u>"))
    }

    @Test(arguments: [
        ("[1, 1000000000]", 0), ("[0.000001, 1e9]", 0), ("[1e-6]", 0), ("[3, 3, 3]", 0), ("[1e300, 1e-300]", 65),
        ("[1e-9]", 65), ("[5, 2e9]", 65), ("[5, null]", 65),
    ])
    func extremeLatencies(_ samples: String, _ code: Int32) throws {
        let program = try BenchProgram()
        let json = #"[{"model": "m", "threads": 1, "macs": 1000, "samples_ms": \#(samples)}]"#
        try json.write(toFile: program.path("x.json"), atomically: true, encoding: .utf8)
        let result = try program.run(["report", program.path("x.json"), "-o", program.path("r.html")])
        #expect(result.code == code, "\(result.diagnostics)")
        if code == 0 { check(try program.text("r.html")) }
    }
}
