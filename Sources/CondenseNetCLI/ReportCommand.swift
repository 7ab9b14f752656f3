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

    @Option(name: .shortAndLong, help: "The HTML page to write.", completion: .file(extensions: ["html"]))
    var output: String

    func run() throws {
        var outputs = OutputFiles(inputs: results.map { ("a result", $0) })
        try outputs.add("--output", output, .text)
        let entries = try zip(results, FileTitles.titles(results)).flatMap { path, title in
            try BenchRecord.read(path).map { record in
                HTMLReport.Entry(record: record, source: results.count > 1 ? title : nil)
            }
        }
        try OutputPath.write(HTMLReport(entries: entries).text, to: output)
    }
}
