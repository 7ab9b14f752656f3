import Foundation
import TestSupport
import Testing

/// How results of `condensenet bench` are told apart, and where its outputs go.
struct BenchNameTests {
    private static let once = ["--runs", "2", "--warmup", "0", "--seconds", "0"]

    @Test func twoFilesOfOneNetwork() throws {
        let folder = try TemporaryFolder()
        let bytes = try contents(BenchProgram.model)
        let paths = [try folder.write(bytes, to: "f32.safetensors"), try folder.write(bytes, to: "f16.safetensors")]
        let result = try condensenet(
            ["bench"] + paths + Self.once
                + ["--json", folder.path("j"), "--csv", folder.path("c"), "--report", folder.path("h")])
        #expect(result.code == 0, "\(result.diagnostics)")
        let names = ["CondenseNet-38 [f32.safetensors]", "CondenseNet-38 [f16.safetensors]"]
        let outputs = try ["j", "c", "h"].map { String(decoding: try folder.bytes($0), as: UTF8.self) }
        for name in names {
            #expect(result.output.contains(name))
            for output in outputs { #expect(output.contains(name)) }
        }
        for path in paths { #expect(outputs[1].contains(",\(path)\n")) }
        let named = try condensenet(["bench"] + paths + Self.once + ["--name", "single", "--name", "half"])
        #expect(named.output.contains("\nsingle ") && named.output.contains("\nhalf "))
        expectFailure(
            try condensenet(["bench"] + paths + Self.once + ["--name", "one"]), 64,
            "--name: expected one for each of 2 models, found 1")
    }

    /// `-` is standard output, also under its other names, for every output of text, of which there is one.
    @Test(arguments: ["-", "/dev/stdout", "/dev/fd/1"]) func standardOutputIsOnePlace(path: String) throws {
        let csv = try condensenet(["bench", BenchProgram.model, "--csv", path] + Self.once)
        #expect(csv.code == 0 && csv.output.hasPrefix("model,threads,") && !csv.output.contains("p50"))
        let page = try condensenet(["bench", BenchProgram.model, "--report", path] + Self.once)
        #expect(page.code == 0 && page.output.hasPrefix("<!DOCTYPE html>") && page.output.hasSuffix("</html>\n"))
        let table = try condensenet(["bench", BenchProgram.model, "--markdown", path] + Self.once)
        #expect(table.output.hasPrefix("| model | threads |") && table.output.contains("| :-- | --: |"))
        expectFailure(
            try condensenet(["bench", BenchProgram.model, "--csv", path, "--json", "-"] + Self.once), 64,
            "would replace")
        let folder = try TemporaryFolder()
        _ = try condensenet(["bench", BenchProgram.model, "--json", folder.path("a.json")] + Self.once)
        let report = try Program.run(
            "condensenet", ["report", "a.json", "-o", path], shell: "cd '\(folder.path)' && exec \"$@\"")
        #expect(report.code == 0 && report.output.hasPrefix("<!DOCTYPE html>") && folder.files == ["a.json"])
        // Numbers in binary are no text.
        expectFailure(
            try condensenet("run", BenchProgram.model, "--input", "none", "--output", path), 64,
            "--output: expected a file")
    }

    @Test func fromTheBytesOfAnImage() throws {
        let folder = try TemporaryFolder()
        let image = Fixture.path("images/photo-640x480-q90.jpg")
        let plain = try JSON(try condensenet(["bench", BenchProgram.model, "--json", "-"] + Self.once).output)
        let result = try condensenet(["bench", BenchProgram.model, "--json", "-", "--end-to-end", image] + Self.once)
        #expect(result.code == 0, "\(result.diagnostics)")
        #expect(try JSON(result.output)[0]["end_to_end"]?.string == image)
        #expect(plain[0]["end_to_end"] == nil)
        let broken = try folder.write(Array("no picture".utf8), to: "b.png")
        expectFailure(
            try condensenet(["bench", BenchProgram.model, "--end-to-end", broken] + Self.once), 65,
            "b.png: expected a JPEG")
    }

    /// What was measured is kept where the machine's peaks cannot be.
    @Test func withoutMemoryForThePeaks() throws {
        let folder = try TemporaryFolder()
        let result = try Program.run(
            "condensenet", ["bench", BenchProgram.model, "--runs", "3", "--warmup", "0", "--json", folder.path("j")],
            shell: "for room in 150000 120000 100000 80000; do (ulimit -v $room; \"$@\" 2>&1) && break; done")
        #expect(result.code == 0, "\(result.output)")
        if result.output.contains("is not measured") {
            let json = try JSON(String(decoding: try folder.bytes("j"), as: UTF8.self))
            #expect(json[0]["runs"]?.int == 3 && json[0]["peak_gflops"] == nil)
        }
    }
}
