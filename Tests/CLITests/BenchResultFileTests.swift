import Foundation
import TestSupport
import Testing

/// What `report` makes of files that no measurement wrote.
struct BenchResultFileTests {
    private let program: BenchProgram

    init() throws { program = try BenchProgram() }

    /// Makes a page of one result, to whose members `more` are added; `macs` stands for its own.
    private func report(_ more: String, macs: String = "1000") throws -> Program.Result {
        try report(text: #"[{"model": "m", "threads": 1, "macs": \#(macs), "samples_ms": [1, 2], \#(more)}]"#)
    }

    private func report(text: String) throws -> Program.Result {
        try text.write(toFile: program.path("x.json"), atomically: true, encoding: .utf8)
        return try program.run(["report", program.path("x.json"), "-o", program.path("x.html")])
    }

    private static let peaks = #""peak_gflops": 1, "cache_gb_per_second": 1, "memory_gb_per_second": 1"#

    @Test(arguments: ["5e-324", "1e-10", "-1", "1e10", "1.7e308", "null", "\"1\""])
    func millisecondsOfNoStep(_ milliseconds: String) throws {
        let step = #"{"name": "s", "macs": 1000, "bytes": 1000, "milliseconds": \#(milliseconds)}"#
        expectFailure(
            try report(#""profiled_runs": 1, \#(Self.peaks), "layers": [\#(step)]"#), 65,
            #"result 0: expected "milliseconds" of 0 or between 1e-9 and 1e9 in each of "layers""#)
    }

    @Test(arguments: ["0", "-0.0", "1e-9", "1e9"], ["0", "1", "137438953472"])
    func numbersAtTheirLimits(_ milliseconds: String, _ macs: String) throws {
        for bytes in ["0", "1", "9223372036854775807"] {
            let steps = [milliseconds, "1"].map {
                #"{"name": "s", "macs": \#(macs), "bytes": \#(bytes), "milliseconds": \#($0)}"#
            }
            for roofs in [("1e-3", "1e9"), ("1e9", "1e-3")] {
                let result = try report(
                    """
                    "profiled_runs": -9223372036854775808, "profiling_overhead": 1e6, "peak_gflops": \(roofs.0),
                    "cache_gb_per_second": \(roofs.1), "memory_gb_per_second": \(roofs.1),
                    "start_seconds": [0, 1e9], "preparation": {"load_ms": 1e308, "plan_ms": 1e308},
                    "memory_bytes": {"arena": 9223372036854775807, "scratch": 9223372036854775807},
                    "layers": [\(steps.joined(separator: ", "))]
                    """, macs: macs)
                #expect(result.code == 0 && result.diagnostics == "", "\(result.diagnostics)")
                let page = try program.text("x.html")
                #expect(!page.contains("nan") && !page.contains("inf"))
            }
        }
    }

    @Test(arguments: ["-1", "137438953473", "9223372036854775807", "9223372036854775808", "1.5", "1e300"])
    func countsOfNoNetwork(_ count: String) throws {
        let expected = #"expected an integer "macs" from 0 to 137438953472"#
        expectFailure(try report(#""layers": []"#, macs: count), 65, "result 0: \(expected), found something else")
        expectFailure(
            try report(#""layers": [{"name": "s", "macs": \#(count)}]"#), 65, #"\#(expected) in each of "layers""#)
        if count != "137438953473", count != "9223372036854775807" {
            expectFailure(
                try report(#""layers": [{"name": "s", "bytes": \#(count)}]"#), 65,
                #"expected an integer "bytes" from 0 to 9223372036854775807 in each of "layers""#)
        }
    }

    private func steps(_ count: Int) -> String {
        let steps = (0..<count).map { #"{"name":"s","kind":"\#($0)","macs":1,"bytes":9,"milliseconds":1}"# }
        return #""profiled_runs": 1, \#(Self.peaks), "layers": [\#(steps.joined(separator: ","))]"#
    }

    @Test(.timeLimit(.minutes(10))) func moreStepsThanANetworkMayHave() throws {
        for count in [4097, 250_000] {
            expectFailure(
                try report(steps(count)), 65,
                #"result 0: expected at most 4096 "layers", as a network may have, found \#(count)"#)
        }
        #expect(try report(steps(4096)).code == 0)
        #expect(try program.text("x.html").components(separatedBy: "<circle").count == 4097)
    }

    /// A result's name is part of what the page says of each of its steps.
    @Test func moreResultsThanAPageHolds() throws {
        let result = #"{"model": "m", "threads": 1, "macs": 1, "samples_ms": [1]}"#
        let text = "[" + [String](repeating: result, count: 1001).joined(separator: ",") + "]"
        expectFailure(try report(text: text), 65, "expected at most 1000 bench results, found 1001")
    }

    @Test func aLongNameIsNotRepeated() throws {
        let name = String(repeating: "n", count: 1 << 20)
        let result = try report(
            text: #"[{"model": "\#(name)", "threads": 1, "macs": 1000, "samples_ms": [1], \#(steps(1000))}]"#)
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(try program.text("x.html").utf8.count < 20 << 20)
    }
}
