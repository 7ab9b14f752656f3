import ArgumentParser
import ModelFormat

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
        try outputs.add("--output", output)
        let records = try results.flatMap { path in
            try BenchRecord.read(path).map { record in
                HTMLReport.Entry(record: record, source: results.count > 1 ? Self.stem(path) : nil)
            }
        }
        try reporting(output) { try FileOutput.replace(output, withText: HTMLReport(entries: records).text) }
    }

    /// The file's name without folder and `.json`.
    private static func stem(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.hasSuffix(".json") ? String(name.dropLast(5)) : name
    }
}
