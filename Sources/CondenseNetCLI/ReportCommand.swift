import ArgumentParser
import CommandLineSupport
import Foundations
import Measuring
import ModelFormat
import Report

/// Saved measurements side by side: two boards, two commits.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Makes one HTML page of results that bench --json saved.")

    @Argument(help: "JSON files written by bench.", completion: .file(extensions: ["json"]))
    var results: [String]

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The HTML page to write; - for standard output.", valueName: "page.html"),
        completion: .file(extensions: ["html"]))
    var output: String

    func run() throws {
        var outputs = OutputFiles(inputs: results.map { ("a result", $0) })
        try outputs.add("--output", output, .text)
        let entries = try zip(results, FileTitles.titles(results)).flatMap { path, title in
            guard !FileKind.isSafetensors(path) else {
                throw CommandFailure(
                    .badData,
                    "\(path): expected results that bench --json wrote, found a model file "
                        + "(condensenet bench \(path) --json results.json makes them)")
            }
            return try BenchRecord.read(path).map { record in
                HTMLReport.Entry(record: record, source: results.count > 1 ? title : nil)
            }
        }
        try OutputPath.write(HTMLReport(entries: entries).text, to: output)
    }
}
