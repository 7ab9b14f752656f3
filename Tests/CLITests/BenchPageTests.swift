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
}
