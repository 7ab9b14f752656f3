import Foundation
import TestSupport
import Testing

/// What `bench` and `report` refuse, with which exit code.
struct BenchRefusalTests {
    @Test(arguments: [
        ["--runs", "0"], ["--runs", "-3"], ["--threads", "0"], ["--threads", "1,"], ["--threads", "1,1"],
        ["--threads", "65"], ["--threads", "two"], ["--seconds", "-1"], ["--seconds", "nan"], ["--warmup", "1e9"],
        ["--cpus", "3-2"], ["--cpus", ""], ["--cpus", "1-"], ["--cpus", "a"], ["--seconds", "0"],
        ["--mlperf", "--runs", "5"], ["--mlperf", "--seconds", "5"], ["--csv", "-", "--json", "-"],
        ["--report", "-", "--csv", "/dev/stdout"],
    ])
    func wrongUsage(_ arguments: [String]) throws {
        let result = try BenchProgram().run(["bench", BenchProgram.model] + arguments)
        #expect(result.code == 64, "\(arguments): \(result.diagnostics)")
        #expect(result.output == "" && result.diagnostics != "")
    }

    @Test(arguments: [
        ("1,1", "expected each number once, found 1 twice"), ("4,2,4", "expected each number once, found 4 twice"),
        ("1, 2", "expected numbers from 1 to 64 with commas between, found a blank in ' 2'"),
        ("1,,2", "expected numbers from 1 to 64 with commas between, found nothing"),
        ("0", "expected numbers from 1 to 64 with commas between, found '0'"),
        ("2,65", "expected numbers from 1 to 64 with commas between, found '65'"),
    ])
    func threadCounts(_ list: String, _ reason: String) throws {
        let result = try BenchProgram().run(["bench", BenchProgram.model, "--threads", list])
        #expect(result.code == 64 && result.output == "")
        #expect(result.diagnostics.contains(": \(reason) (--help"), "\(result.diagnostics)")
    }

    @Test func aModelIsNeeded() throws {
        let result = try BenchProgram().run(["bench"])
        #expect(result.code == 64)
    }

    @Test func missingModel() throws {
        let program = try BenchProgram()
        let result = try program.run(["bench", program.path("none"), "--runs", "1"])
        #expect(result.code == 66, "\(result.diagnostics)")
        #expect(result.diagnostics.hasPrefix("error: \(program.path("none"))"))
    }

    @Test func damagedModel() throws {
        let program = try BenchProgram()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: BenchProgram.model))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: program.path("damaged")))
        let result = try program.run(["bench", program.path("damaged"), "--runs", "1", "--json", program.path("j")])
        #expect(result.code == 65, "\(result.diagnostics)")
        #expect(!FileManager.default.fileExists(atPath: program.path("j")))
    }

    /// Also beside processors that do exist; those are named.
    @Test(arguments: ["1023", "0-1023"]) func processorThatDoesNotExist(list: String) throws {
        let result = try BenchProgram().run([
            "bench", BenchProgram.model, "--runs", "1", "--warmup", "0", "--cpus", list,
        ])
        #expect(result.code == 64, "\(result.diagnostics)")
        let message =
            /error: --cpus: expected processors that this process may use, [0-9,-]+, found [0-9-]*1023\n/
        #expect(result.diagnostics.wholeMatch(of: message) != nil, "\(result.diagnostics)")
    }

    @Test(arguments: [
        ("{}", "found an object"), ("[]", "found an empty array"),
        ("[1]", "\"model\""), (#"[{"model":"m"}]"#, "\"threads\""),
        (#"[{"model":"m","threads":1,"macs":1}]"#, "\"samples_ms\""),
        (#"[{"model":"m","threads":1,"macs":1,"samples_ms":[]}]"#, "milliseconds between"),
        (#"[{"model":"m","threads":1,"macs":1,"samples_ms":[-1]}]"#, "milliseconds between"),
        (#"[{"schema_version":2.5}]"#, "schema version 1, found 2.5"),
        (#"[{"schema_version":"7"}]"#, "schema version 1, found \"7\""), ("[", "byte 1"), ("", "byte 0"),
    ])
    func somethingThatIsNoResult(_ text: String, _ expected: String) throws {
        let program = try BenchProgram()
        try text.write(toFile: program.path("x.json"), atomically: true, encoding: .utf8)
        let result = try program.run(["report", program.path("x.json"), "-o", program.path("x.html")])
        #expect(result.code == 65, "\(text): \(result.diagnostics)")
        #expect(result.diagnostics.contains(program.path("x.json")) && result.diagnostics.contains(expected))
        #expect(!FileManager.default.fileExists(atPath: program.path("x.html")))
    }

    @Test func missingResult() throws {
        let program = try BenchProgram()
        let result = try program.run(["report", program.path("none.json"), "-o", program.path("x.html")])
        #expect(result.code == 66, "\(result.diagnostics)")
        #expect(try program.run(["report", program.path("none.json")]).code == 64)
    }
}
