import Foundation
import TestSupport
import Testing

/// What a reader of the page can tell apart, and what its figures are called.
struct BenchPageTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Makes a page of files of results, named by paths in the folder.
    private func page(of files: [(path: String, results: [String])]) throws -> String {
        for file in files { try folder.write("[\(file.results.joined(separator: ","))]".utf8, to: file.path) }
        let paths = files.map { "'\($0.path)'" }.joined(separator: " ")
        let result = try Program.run(
            "condensenet", ["report", "-o", "r.html"], shell: "cd '\(folder.path)' && exec \"$@\" \(paths)")
        #expect(result.code == 0, "\(result.diagnostics)")
        return String(decoding: try folder.bytes("r.html"), as: UTF8.self)
    }

    private func result(_ model: String = "m", more: String = "") -> String {
        #"{"model": "\#(model)", "threads": 1, "macs": 1000, "samples_ms": [1, 2, 3]\#(more)}"#
    }

    /// The names in the legend of the first plot.
    private func legend(_ page: String) -> [String] {
        let legend = page.components(separatedBy: "<ul class=\"legend\">")[1].components(separatedBy: "</ul>")[0]
        return legend.matches(of: /<\/i>([^<]*)<\/li>/).map { String($0.1) }
    }

    @Test(arguments: [
        (["a.json", "b.json"], ["a", "b"]),
        (["pi4/bench.json", "pi5/bench.json"], ["pi4/bench", "pi5/bench"]),
        (["pi4/bench.json", "pi5/bench.json", "other.json"], ["pi4/bench", "pi5/bench", "other"]),
        (["x/pi/bench.json", "y/pi/bench.json", "z/bench.json"], ["x/pi/bench", "y/pi/bench", "z/bench"]),
        (["bench.json", "old/bench.json"], ["bench", "old/bench"]),
        (["bench.json", "bench"], ["bench.json", "bench"]),
        (["old/bench.json", "old/bench.json"], ["bench", "bench"]),
        (["a/bench.json", "a/bench.json", "b/bench.json"], ["a/bench", "a/bench", "b/bench"]),
    ])
    func titlesDiffer(_ paths: [String], _ expected: [String]) throws {
        let page = try page(of: paths.map { ($0, [result()]) })
        #expect(legend(page) == expected.map { "\($0): m, 1 thread" })
        for name in expected { #expect(page.contains("<h3>\(name): m, 1 thread</h3>"), "\(name)") }
    }

    @Test func seriesOfOneColourDiffer() throws {
        let profile = """
            , "profiled_runs": 1, "layers": [{"name": "s", "macs": 1000, "bytes": 10, "milliseconds": 1}]
            """
        let page = try page(of: [("x.json", (0..<18).map { result("m\($0)", more: profile) })])
        let plots = page.components(separatedBy: "<svg").dropFirst().map { $0.components(separatedBy: "</svg>")[0] }
        // Two small plots a result, and the roofline.
        #expect(plots.count == 2 * 18 + 1)
        func distinct(_ text: String, _ pattern: Regex<Substring>) -> Int {
            Set(text.matches(of: pattern).map { String($0.0) }).count
        }
        // Lines and outlines, marks, and their names.
        #expect(distinct(plots[36], /<[a-z]+ class="mark d\d/) == 18)
        #expect(distinct(page, /<i class="[^"]*"/) == 18)
        #expect(distinct(page, /<span class="bar [^"]*"/) == 18)
        for rule in ["path.k1{stroke-dasharray:", "path.k2{stroke-dasharray:", "i.k1,span.k1{", "i.k2,span.k2{"] {
            #expect(page.contains(rule), "\(rule)")
        }
        // Whoever sees the marks of several results finds their names below.
        #expect(page.components(separatedBy: "<ul class=\"legend\">").count == 2)
    }

    @Test func figuresAreCalledWhatTheyAre() throws {
        let page = try page(of: [
            (
                "x.json",
                [
                    result(
                        more: """
                            , "preparation": {"load_ms": 2, "plan_ms": 3}, "memory_bytes": {"arena": 1048576},
                            "circumstances": {"memory_bytes": 2147483648}
                            """)
                ]
            )
        ])
        #expect(page.contains("<th scope=\"col\" class=\"wide\">load + plan ms</th>"))
        #expect(page.contains("<td class=\"wide\">5.000</td>"))
        #expect(page.contains("<dt>loading (ms)</dt><dd>2</dd>") && page.contains("<dt>planning (ms)</dt><dd>3</dd>"))
        #expect(page.contains("<dt>memory</dt><dd>2.0 GiB</dd>"))
        #expect(page.contains("<dt>arena</dt><dd>1.0 MiB</dd>"))
    }

    /// What comes later in a drawing lies above.
    @Test func marksHideNoLabel() throws {
        let profile = """
            , "profiled_runs": 1, "peak_gflops": 10, "cache_gb_per_second": 20, "memory_gb_per_second": 2,
            "layers": [{"name": "s", "macs": 1000, "bytes": 10, "milliseconds": 1}]
            """
        let page = try page(of: [("x.json", [result(more: profile)])])
        let roofline = page.components(separatedBy: "<svg")[3]
        let parts = roofline.components(separatedBy: "<circle")
        #expect(parts.count == 2)
        for label in ["memory 2 GB/s", "cache 20 GB/s", "peak 10.0 GFLOP/s"] {
            #expect(!parts[0].contains(label) && parts[1].contains(label), "\(label)")
        }
        #expect(roofline.components(separatedBy: "<text class=\"label\"").count == 4)
        #expect(page.contains("svg .label{") && page.contains("paint-order:stroke"))
    }
}
