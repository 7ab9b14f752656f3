import Foundation
import TestSupport
import Testing

/// `bench`, and Control-C while it measures.
@Suite(.enabled(if: !Emulation.isOn, "an emulator has threads of its own")) struct BenchInterruptionTests {
    private static let old = Array("an older file".utf8)

    /// Interrupts a measurement that would take a minute.
    private func interrupt(_ arguments: [String]) throws -> Program.Result {
        let program = try Program.start(
            "condensenet", ["bench", BenchProgram.model, "--threads", "2", "--warmup", "0"] + arguments)
        // The second thread is the last thing that is made before the measurement.
        let tasks = "/proc/\(program.processIdentifier)/task"
        try program.wait { _ in try FileManager.default.contentsOfDirectory(atPath: tasks).count == 2 }
        usleep(500_000)
        program.send(SIGINT)
        return program.wait()
    }

    @Test func filesStayAsTheyAre() throws {
        let folder = try TemporaryFolder()
        let options = ["--json", "--csv", "--report"].flatMap { [$0, folder.path(String($0.dropFirst(2)))] }
        for name in ["json", "csv", "report"] { try folder.write(Self.old, to: name) }
        let result = try interrupt(["--seconds", "60"] + options)
        #expect(result.code == 130, "\(result.diagnostics)")
        let message = "error: interrupted: the results are partial, and no file is written\n"
        #expect(result.diagnostics.hasSuffix(message), "\(result.diagnostics)")
        #expect(result.diagnostics.split(separator: "\n").filter { !$0.hasPrefix("warning: ") }.count == 1)
        // What there is, and nothing that was measured afterwards.
        #expect(result.output.hasPrefix("model") && result.output.contains("CondenseNet-38"), "\(result.output)")
        #expect(!result.output.contains("multiply-add peak"))
        for name in ["json", "csv", "report"] { #expect(try folder.bytes(name) == Self.old, "\(name)") }
        #expect(folder.files == ["csv", "json", "report"])
    }

    @Test func noFileIsMade() throws {
        let folder = try TemporaryFolder()
        let result = try interrupt(["--runs", "1000000", "--layers", "--json", folder.path("json")])
        #expect(result.code == 130, "\(result.diagnostics)")
        #expect(folder.files == [])
    }

    /// A pipe gets what there is, as people do.
    @Test func standardOutput() throws {
        let result = try interrupt(["--seconds", "60", "--json", "-"])
        #expect(result.code == 130, "\(result.diagnostics)")
        let record = try #require(try BenchProgram.objects(result.output).first)
        #expect(record["runs"] as? Int == (record["samples_ms"] as? [Double])?.count)
        #expect(record["peak_gflops"] == nil)
    }

    /// What ends early has not met the conditions.
    @Test func singleStream() throws {
        let result = try interrupt(["--mlperf", "--json", "-"])
        #expect(result.code == 130, "\(result.diagnostics)")
        #expect(try BenchProgram.objects(result.output).first?["mlperf_single_stream"] as? Bool == false)
    }
}
